/** The OpenAPI document of a server: https://spec.openapis.org/oas/v3.1.0 */
import { version } from "../base/version.ts";
import type { Field } from "./fields.ts";
import type { Limits } from "./limits.ts";
import type { Predictor } from "./predictor.ts";
import { namesOf } from "./question.ts";

/** What is asked about, in words. */
const subject = (fields: readonly Field[]): string => fields.map((field) => `a ${field}`).join(" and ");

const probability = (description: string) => ({ type: "number", minimum: 0, maximum: 1, description });

const schemas = (labels: readonly string[], fields: readonly Field[]) => ({
  Label: {
    type: "object",
    required: ["label", "probability"],
    additionalProperties: false,
    properties: {
      label: { type: "string", enum: labels },
      ...fields.length > 1
        ? {
          probability: probability("Of poster and plot together."),
          imageOnly: probability("Of the poster with an empty plot; with explain."),
          textOnly: probability("Of the plot with a grey poster, every pixel 128 of 255; with explain."),
        }
        : { probability: probability(`Of the ${fields[0]}.`) },
    },
  },
  Answer: {
    type: "object",
    required: ["labels"],
    additionalProperties: false,
    properties: {
      labels: {
        type: "array",
        items: { $ref: "#/components/schemas/Label" },
        description: "All labels, most probable first. They do not exclude each other.",
      },
    },
  },
  Error: {
    type: "object",
    required: ["error"],
    additionalProperties: false,
    properties: { error: { type: "string", description: "One sentence for a person." } },
  },
});

const json = (schema: string) => ({
  "application/json": { schema: { $ref: `#/components/schemas/${schema}` } },
});
const refused = (description: string) => ({ description, content: json("Error") });
const text = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: { type: "string" } } },
});

const FORMATS = "JPEG, PNG, GIF, WebP, TIFF or AVIF";
const plot = { type: "string", description: "May be empty." };

/** A question's fields in a form, and in JSON. */
const form = {
  poster: {
    ...{ type: "string", format: "binary", contentMediaType: "application/octet-stream" },
    description: `A file: ${FORMATS}.`,
  },
  plot,
  explain: { type: "string", enum: ["true", "false"], default: "false" },
};
const object = {
  poster: { type: "string", contentEncoding: "base64", description: `${FORMATS}.` },
  plot,
  explain: { type: "boolean", default: false },
};

const question = (fields: readonly Field[]) => {
  const names = namesOf(fields);
  const schema = (properties: Readonly<Record<string, unknown>>) => ({
    schema: {
      type: "object",
      required: fields,
      additionalProperties: false,
      properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
    },
  });
  return {
    required: true,
    content: { "multipart/form-data": schema(form), "application/json": schema(object) },
  };
};

/** A sentence of what is the case, one or another. */
const either = (...cases: readonly (string | false)[]): string =>
  `${cases.filter((one) => one !== false).join(", or ")}.`;

/** The document for a run under these limits, whose paths come behind `prefix`. */
export const openApi = (
  { labels, fields }: Pick<Predictor, "labels" | "fields">,
  { bytes, pixels, tokens, concurrency, seconds }: Limits,
  prefix: string,
): unknown => ({
  openapi: "3.1.0",
  info: { title: "Onesheet", summary: `Labels of ${subject(fields)}.`, version },
  servers: [{ url: prefix || "/" }],
  paths: {
    "/predict": {
      post: {
        operationId: "predict",
        summary: `Tells the labels of ${subject(fields)}.`,
        requestBody: question(fields),
        responses: {
          200: { description: "The labels.", content: json("Answer") },
          400: refused("The body is not what its content type says, or there are query parameters."),
          408: refused(`The body took more than ${seconds} s to arrive.`),
          413: refused(either(
            `The body has more than ${bytes} bytes`,
            fields.includes("poster") && `the poster more than ${pixels} pixels`,
          )),
          415: refused(either(
            "Another content type or encoding",
            fields.includes("poster") && `a poster that is not ${FORMATS}`,
          )),
          421: refused("The request names another host than this server's."),
          422: refused(either(
            "A field is missing or unknown",
            fields.includes("poster") && "the poster is broken",
            fields.includes("plot") && `the plot has more than ${tokens} tokens`,
          )),
          429: refused(`${concurrency} predictions are under way; Retry-After says when to ask again.`),
          500: refused("The server failed, or the model's output is not finite."),
          503: refused("Too many bytes of requests are in memory; Retry-After says when to ask again."),
        },
      },
    },
    "/health": {
      get: {
        operationId: "health",
        summary: "Answers as long as the server takes requests.",
        responses: {
          200: {
            description: "It does.",
            content: {
              "application/json": { schema: { type: "object", properties: { status: { const: "ok" } } } },
            },
          },
        },
      },
    },
    "/metrics": {
      get: {
        operationId: "metrics",
        summary: "Counts for Prometheus.",
        responses: { 200: text("Prometheus' text format.", "text/plain") },
      },
    },
    "/openapi.json": {
      get: {
        operationId: "openapi",
        summary: "This document.",
        responses: {
          200: { description: "It.", content: { "application/json": { schema: { type: "object" } } } },
        },
      },
    },
  },
  components: { schemas: schemas(labels, fields) },
});
