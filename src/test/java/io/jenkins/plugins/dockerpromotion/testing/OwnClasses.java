package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Loads the classes of some packages once more, and refuses to load those of others. */
public final class OwnClasses extends ClassLoader {

    private final String own;
    private final List<String> refusedPackages;
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /**
     * @param own the package whose classes it loads itself, with all packages below
     * @param refused packages whose classes it does not find, with all packages below
     */
    public OwnClasses(String own, String... refused) {
        super(OwnClasses.class.getClassLoader());
        this.own = own;
        this.refusedPackages = List.of(refused);
    }

    /** The names of the classes that were requested in vain. */
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
