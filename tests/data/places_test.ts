import { assertEquals } from "@std/assert";
import { homedir } from "node:os";
import { join } from "node:path";
import { usualPlaces } from "../../src/data/places.ts";

const places = (environment: Readonly<Record<string, string>>) => usualPlaces((name) => environment[name]);

Deno.test("the hub's address is HF_ENDPOINT without slashes at its end, else huggingface.co", () => {
  assertEquals(places({ HF_ENDPOINT: "https://mirror.example/hf//" }).hub, "https://mirror.example/hf");
  assertEquals(places({ HF_ENDPOINT: "" }).hub, "https://huggingface.co");
  assertEquals(places({}).hub, "https://huggingface.co");
});

Deno.test("the cache of Hugging Face's tools is where they look for it", () => {
  const shared = (environment: Readonly<Record<string, string>>) => places(environment).shared;
  assertEquals(shared({ HF_HUB_CACHE: "/a", HF_HOME: "/b" }), "/a");
  assertEquals(shared({ HF_HOME: "/b", XDG_CACHE_HOME: "/c" }), join("/b", "hub"));
  assertEquals(shared({ XDG_CACHE_HOME: "/c" }), join("/c", "huggingface", "hub"));
  assertEquals(shared({}), join(homedir(), ".cache", "huggingface", "hub"));
  assertEquals(shared({ HUGGINGFACE_HUB_CACHE: "/old", HF_HOME: "/b" }), "/old");
  assertEquals(shared({ HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/a" }), "/a");
});

Deno.test("paths of the environment may hold ~, $NAME and ${NAME}, and a name that is not set stays", () => {
  const shared = (environment: Readonly<Record<string, string>>) =>
    places({ DISK: "/mnt/disk", EMPTY: "", ...environment }).shared;
  const cases: [environment: Readonly<Record<string, string>>, path: string][] = [
    [{ HF_HOME: "~/hf" }, join(homedir(), "hf", "hub")],
    [{ HF_HOME: "~" }, join(homedir(), "hub")],
    [{ HF_HOME: "$DISK/hf" }, "/mnt/disk/hf/hub"],
    [{ HF_HUB_CACHE: "${DISK}/x$EMPTY" }, "/mnt/disk/x"],
    [{ HUGGINGFACE_HUB_CACHE: "~/old" }, join(homedir(), "old")],
    [{ XDG_CACHE_HOME: "$DISK" }, "/mnt/disk/huggingface/hub"],
    [{ HF_HUB_CACHE: "/a/$NOWHERE/${}" }, "/a/$NOWHERE/${}"],
    [{ HF_HUB_CACHE: "/a/~/b" }, "/a/~/b"],
  ];
  for (const [environment, path] of cases) assertEquals(shared(environment), path);
  assertEquals(places({ ONESHEET_CACHE: "/a$DISK" }).cache, "/a$DISK");
  assertEquals(places({ ONESHEET_CACHE: "~/cache" }).cache, join(homedir(), "cache"));
  assertEquals(
    places({ XDG_CACHE_HOME: "~/xdg", ONESHEET_CACHE: "" }).cache,
    join(homedir(), "xdg", "onesheet"),
  );
});

Deno.test("the token is HF_TOKEN, else in the file HF_TOKEN_PATH, else in HF_HOME, without blanks around it", async () => {
  const HF_HOME = await Deno.makeTempDir();
  try {
    assertEquals(places({ HF_HOME }).token, undefined);
    await Deno.writeTextFile(join(HF_HOME, "token"), "hf_home\n");
    await Deno.writeTextFile(join(HF_HOME, "other"), "hf_path");
    const HF_TOKEN_PATH = join(HF_HOME, "other");
    assertEquals(places({ HF_HOME }).token, "hf_home");
    assertEquals(places({ HF_HOME, HF_TOKEN_PATH }).token, "hf_path");
    assertEquals(places({ HF_HOME, HF_TOKEN_PATH, HF_TOKEN: " hf_own\n" }).token, "hf_own");
    const utf16 = Uint16Array.from("\ufeffhf_shell\r\n", (character) => character.charCodeAt(0)); // as PowerShell writes
    await Deno.writeFile(HF_TOKEN_PATH, new Uint8Array(utf16.buffer));
    assertEquals(places({ HF_HOME, HF_TOKEN_PATH }).token, "hf_shell");
    if (Deno.build.os !== "windows") {
      assertEquals(places({ HF_HOME, HF_TOKEN_PATH: "/dev/zero" }).token, undefined);
    }
    await Deno.writeTextFile(join(HF_HOME, "token"), "\n");
    assertEquals(places({ HF_HOME, HF_TOKEN: "" }).token, undefined);
  } finally {
    await Deno.remove(HF_HOME, { recursive: true });
  }
});

Deno.test("the network is left alone when HF_HUB_OFFLINE says so", () => {
  const offline = (HF_HUB_OFFLINE: string) => places({ HF_HUB_OFFLINE }).offline;
  assertEquals(["1", "ON", "yes", "true"].map(offline), [true, true, true, true]);
  assertEquals(["0", "", "no", "off"].map(offline), [false, false, false, false]);
  assertEquals(places({}).offline, false);
});
