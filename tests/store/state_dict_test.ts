import { assertEquals } from "@std/assert";
import { stateDict, type StoredParam } from "../../src/store/state_dict.ts";

const weight = (name: string): StoredParam => ({ name, shape: [1], kind: "weight", dtype: "float32" });

Deno.test("a state_dict has every array under its own name and again under its module's alias", () => {
  const params = ["conv.weight", "ffn.w1.weight", "ffn.w1.bias", "ffn2.bias"].map(weight);
  assertEquals(
    Array.from(stateDict({ params, aliases: [["head.1", "ffn"]] }), ([name, param]) => [name, param.name]),
    [
      ["conv.weight", "conv.weight"],
      ["ffn.w1.weight", "ffn.w1.weight"],
      ["ffn.w1.bias", "ffn.w1.bias"],
      ["ffn2.bias", "ffn2.bias"],
      ["head.1.w1.weight", "ffn.w1.weight"],
      ["head.1.w1.bias", "ffn.w1.bias"],
    ],
  );
});
