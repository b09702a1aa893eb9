/** The beginning of a JSON value, for error messages. */
export function excerpt(json: unknown): string {
  const text = JSON.stringify(json) ?? String(json);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
