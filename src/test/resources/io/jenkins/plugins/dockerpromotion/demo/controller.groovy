// Run by the controller of bin/demo when it starts: an agent, a credential, where Docker Hub is, and the job.
import com.cloudbees.plugins.credentials.CredentialsScope
import com.cloudbees.plugins.credentials.SystemCredentialsProvider
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl
import hudson.slaves.DumbSlave
import hudson.slaves.JNLPLauncher
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration
import java.nio.file.Files
import java.nio.file.StandardCopyOption
import jenkins.model.Jenkins
import jenkins.model.JenkinsLocationConfiguration
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition
import org.jenkinsci.plugins.workflow.job.WorkflowJob

def jenkins = Jenkins.get()
def demo = new Properties()
new File(jenkins.rootDir, 'demo.properties').withInputStream { demo.load(it) }

// Whatever becomes of bin/demo, its controller does not outlive it.
Thread.startDaemon {
    ProcessHandle.of(demo.pid as long).ifPresent { it.onExit().get() }
    Runtime.runtime.halt(0)
}

JenkinsLocationConfiguration.get().url = demo.url
jenkins.numExecutors = 0 // everything runs on the agent

def credentials = SystemCredentialsProvider.instance
credentials.credentials.add(new UsernamePasswordCredentialsImpl(
    CredentialsScope.GLOBAL, 'docker-hub', 'Docker Hub', demo.user, demo.password))
credentials.save()

def dockerHub = new RegistryConfiguration('docker.io', demo.registry)
dockerHub.apiAddress = demo.hub
DockerPromotionConfiguration.get().registries = [dockerHub]

def launcher = new JNLPLauncher()
launcher.webSocket = true
def agent = new DumbSlave('agent', demo.agentDirectory, launcher)
agent.numExecutors = 2 // a stage may have an agent of its own within another one
jenkins.addNode(agent)

def job = jenkins.createProject(WorkflowJob, 'release')
job.definition = new CpsFlowDefinition(demo.jenkinsfile, true)
job.scheduleBuild2(0)

// In one move, so that bin/demo never reads half of it.
def written = new File(jenkins.rootDir, 'ready.part')
written.text = agent.toComputer().jnlpMac
Files.move(written.toPath(), new File(jenkins.rootDir, 'ready').toPath(), StandardCopyOption.ATOMIC_MOVE)
