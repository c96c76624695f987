/**
 * What V8 is told in the debug adapter's process. Its young generation may grow to 32 MiB otherwise, most of which is
 * garbage whenever one looks, and the adapter needs a quarter of it.
 */
export const adapterRuntimeArguments: readonly string[] = ['--max-semi-space-size=4'];
