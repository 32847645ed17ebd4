/** The OpenAPI document of a server: https://spec.openapis.org/oas/v3.1.0 */
import { version } from "../base/version.ts";
import type { Limits } from "./limits.ts";

const probability = (description: string) => ({ type: "number", minimum: 0, maximum: 1, description });

const schemas = (labels: readonly string[]) => ({
  Label: {
    type: "object",
    required: ["label", "probability"],
    additionalProperties: false,
    properties: {
      label: { type: "string", enum: labels },
      probability: probability("Of poster and plot together."),
      imageOnly: probability("Of the poster with an empty plot; with explain."),
      textOnly: probability("Of the plot with a grey poster, every pixel 128 of 255; with explain."),
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

const plot = { type: "string", description: "May be empty." };

const question = {
  required: true,
  content: {
    "multipart/form-data": {
      schema: {
        type: "object",
        required: ["poster", "plot"],
        additionalProperties: false,
        properties: {
          poster: {
            ...{ type: "string", format: "binary", contentMediaType: "application/octet-stream" },
            description: "A file: JPEG, PNG, GIF, WebP, TIFF or AVIF.",
          },
          plot,
          explain: { type: "string", enum: ["true", "false"], default: "false" },
        },
      },
    },
    "application/json": {
      schema: {
        type: "object",
        required: ["poster", "plot"],
        additionalProperties: false,
        properties: {
          poster: {
            type: "string",
            contentEncoding: "base64",
            description: "JPEG, PNG, GIF, WebP, TIFF or AVIF.",
          },
          plot,
          explain: { type: "boolean", default: false },
        },
      },
    },
  },
};

/** The document for a run with these labels under these limits, whose paths come behind `prefix`. */
export const openApi = (
  labels: readonly string[],
  { bytes, pixels, tokens, concurrency, seconds }: Limits,
  prefix: string,
): unknown => ({
  openapi: "3.1.0",
  info: { title: "Onesheet", summary: "Labels of a poster and a plot.", version },
  servers: [{ url: prefix || "/" }],
  paths: {
    "/predict": {
      post: {
        operationId: "predict",
        summary: "Tells the labels of a poster and a plot.",
        requestBody: question,
        responses: {
          200: { description: "The labels.", content: json("Answer") },
          400: refused("The body is not what its content type says, or there are query parameters."),
          408: refused(`The body took more than ${seconds} s to arrive.`),
          413: refused(`The body has more than ${bytes} bytes, or the poster more than ${pixels} pixels.`),
          415: refused(
            "Another content type or encoding, or a poster that is not JPEG, PNG, GIF, WebP, TIFF or AVIF.",
          ),
          421: refused("The request names another host than this server's."),
          422: refused(
            `A field is missing or unknown, the poster is broken, or the plot has more than ${tokens} tokens.`,
          ),
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
  components: { schemas: schemas(labels) },
});
