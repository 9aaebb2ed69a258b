// The init script of the demo controller: adds an agent, credentials, the Docker Hub address and the job.
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

// Stop the controller when bin/demo ends, even if that was killed.
Thread.startDaemon {
    ProcessHandle.of(demo.pid as long).ifPresent { it.onExit().get() }
    Runtime.runtime.halt(0)
}

JenkinsLocationConfiguration.get().url = demo.url
jenkins.numExecutors = 0 // builds run on the agent only

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
agent.numExecutors = 2 // a stage can allocate an agent within another one
jenkins.addNode(agent)

def job = jenkins.createProject(WorkflowJob, 'release')
job.definition = new CpsFlowDefinition(demo.jenkinsfile, true)
job.scheduleBuild2(0)

// Move the file atomically, so that bin/demo never reads an incomplete one.
def written = new File(jenkins.rootDir, 'ready.part')
written.text = agent.toComputer().jnlpMac
Files.move(written.toPath(), new File(jenkins.rootDir, 'ready').toPath(), StandardCopyOption.ATOMIC_MOVE)
