package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A class loader that reloads the classes of one package and hides those of others. */
public final class OwnClasses extends ClassLoader {

    private final String own;
    private final List<String> refusedPackages;
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /**
     * @param own the package to reload, including its subpackages
     * @param refused the packages to hide, including their subpackages
     */
    public OwnClasses(String own, String... refused) {
        super(OwnClasses.class.getClassLoader());
        this.own = own;
        this.refusedPackages = List.of(refused);
    }

    /** The names of hidden classes that were requested. */
    public List<String> refused() {
        return refused;
    }

    private static boolean isIn(String packages, String name) {
        return name.startsWith(packages + ".");
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (refusedPackages.stream().anyMatch(packages -> isIn(packages, name))) {
            refused.add(name);
            throw new ClassNotFoundException(name + " is refused");
        }
        synchronized (getClassLoadingLock(name)) {
            if (!isIn(own, name)) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = file.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
