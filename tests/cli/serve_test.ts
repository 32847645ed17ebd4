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

Deno.test("an option of serve that nothing could match is refused before the run is looked at", async () => {
  await withPlace(async ({ say }) => {
    for (
      const [option, value, sentence] of [
        ["--allow-host", "http://films.example/", /^Cannot use "--allow-host http.*": expected a host name/],
        [
          "--cors-origin",
          "films.example",
          /^Cannot use "--cors-origin films.example": expected an origin such as/,
        ],
        ["--path-prefix", "films", /^Cannot use "--path-prefix films": expected a path such as \/films/],
        ["--path-prefix", "/a?b", /^Cannot use "--path-prefix \/a\?b": expected a path such as \/films/],
      ] as const
    ) {
      const { code, stderr } = await say(["serve", "nowhere", option, value]);
      assertEquals(code, 2, stderr);
      assertMatch(stderr, sentence);
    }
  });
});
