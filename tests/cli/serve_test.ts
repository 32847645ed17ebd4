/** `serve` as a task: it answers under its flags, and a signal ends it when all is answered. */
import { assertEquals, assertMatch } from "@std/assert";
import { ask, question } from "../serve/served.ts";
import { inProject, trainSmall, withPlace } from "./command_line.ts";

Deno.test({
  name: "serve answers under the flags of its task, and SIGTERM ends it with 0 when all is answered",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withPlace(async (place) => {
      const { folder } = place;
      await trainSmall(place, "--epochs", "1");
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          ...["task", "-q", "serve", "run", "--port", "0", "--engine", "portable"],
          ...["--max-wait", "500"],
        ],
        cwd: inProject(""),
        env: { INIT_CWD: folder, ONESHEET_CACHE: `${folder}/cache`, ONESHEET_HOST: "", NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const stderr = new Response(child.stderr).text();
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      let said = "";
      while (!said.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(await stderr);
        said += value;
      }
      const [, url] = said.match(/^run: (http:\/\/127\.0\.0\.1:\d+\/)\n$/)!;
      const under = ask(url, question(1));
      while (!/under_way 1\n/.test(await (await fetch(`${url}metrics`)).text()));
      child.kill("SIGTERM");
      const response = await under;
      assertEquals([response.status, (await response.json()).labels.length], [200, 8]);
      await reader.cancel();
      assertEquals((await child.status).code, 0, await stderr);
      assertMatch(await stderr, /stopping after what is under way/);
    }),
});
