/** Listens as a process of its own: prints its port and answers "ok". For a test that takes file descriptors away. */
import { listen } from "../../src/serve/listen.ts";

// As `serve` does. Deno 2.9.6 itself ends where there is no descriptor left for its first signal.
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
const answer = { status: 200, headers: {}, body: "ok" };
const { port } = listen({ hostname: "127.0.0.1", port: 0 }, () => Promise.resolve(answer));
console.log(port);
