/** Real Chromium without a window, by its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/ */

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where a browser is: `CHROMIUM`, else the first of its names on the path; undefined without one. */
export const browserPath: string | undefined = Deno.env.get("CHROMIUM") ??
  (Deno.env.get("PATH") ?? "").split(":").flatMap((folder) => NAMES.map((name) => `${folder}/${name}`))
    .find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    });

/** A page of the browser. */
export interface Page {
  /** One command of the protocol. */
  send<T = unknown>(method: string, params?: Record<string, unknown>): Promise<T>;
  /** What an expression comes to in the page; a promise is waited for. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until an expression is true. */
  until(expression: string): Promise<void>;
  /** Presses and lets go of a key. */
  press(key: string, code: number, text?: string): Promise<void>;
}

type Answer = { id: number; result: never; error?: { message: string } };

async function pageOf(address: string): Promise<{ page: Page; socket: WebSocket }> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  socket.onmessage = ({ data }) => {
    const { id, result, error }: Answer = JSON.parse(data);
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  };
  let sent = 0;
  const send: Page["send"] = (method, params = {}) => {
    const answer = Promise.withResolvers<never>();
    waiting.set(++sent, answer);
    socket.send(JSON.stringify({ id: sent, method, params }));
    return answer.promise;
  };
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await send<
      { result: { value: T }; exceptionDetails?: { exception?: { description?: string } } }
    >("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  };
  const until = async (expression: string): Promise<void> => {
    for (let tries = 0; !await evaluate<boolean>(expression); tries++) {
      if (tries === 600) throw new Error(`the page never came to ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const press: Page["press"] = async (key, code, text) => {
    const about = { key, code: key, windowsVirtualKeyCode: code };
    await send("Input.dispatchKeyEvent", { type: "keyDown", ...about, ...(text !== undefined && { text }) });
    await send("Input.dispatchKeyEvent", { type: "keyUp", ...about });
  };
  return { page: { send, evaluate, until, press }, socket };
}

/** Removes a profile; processes of the browser that are about to end may still write to it. */
async function removed(profile: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await Deno.remove(profile, { recursive: true }).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Cannot remove "${profile}"`);
}

/** Opens an address in a browser of its own for as long as the work takes. */
export async function withPage(url: string, work: (page: Page) => Promise<void>): Promise<void> {
  const profile = await Deno.makeTempDir();
  const browser = new Deno.Command(browserPath!, {
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"],
      ...["--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = browser.stderr.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let told = "", port: string | undefined;
    while ((port = told.match(/DevTools listening on ws:\/\/[^:]+:(\d+)\//)?.[1]) === undefined) {
      const { value, done } = await said.read();
      if (done) throw new Error(`the browser ended: ${told}`);
      told += value;
    }
    const opened = await fetch(`http://127.0.0.1:${port}/json/new?about:blank`, { method: "PUT" });
    const { page, socket } = await pageOf((await opened.json()).webSocketDebuggerUrl);
    try {
      await page.send("Page.navigate", { url });
      await page.until(`location.href === ${JSON.stringify(url)} && document.readyState === "complete"`);
      await work(page);
    } finally {
      await new Promise((resolve) => {
        socket.onclose = resolve;
        socket.close();
      });
    }
  } finally {
    browser.kill("SIGKILL");
    await said.cancel();
    await browser.status;
    await removed(profile);
  }
}
