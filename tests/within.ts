/** Tests of what could wait for ever. */

/** The result of a test's work, or an error once it took three minutes, where the fault would be that it never ends. */
export async function within<T>(work: Promise<T>, seconds = 180): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`expected an end within ${seconds} s, found none`)),
    seconds * 1000,
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
