/** Preloaded into an agent whose node is to look like another machine's: for tests of what the master makes of it. */
Object.defineProperty(process, 'arch', { value: process.env.LAB_PRETENDED_ARCH });
