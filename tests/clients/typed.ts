// A program that a stranger could write with the types of openapi-typescript. tests/clients/test_typed_clients.py compiles
// it strictly, and runs it: node typed.js http://127.0.0.1:8000
import type { components, operations } from "./api";

type Problem = components["schemas"]["Problem"];
type Query = NonNullable<operations["list_events"]["parameters"]["query"]>;
type EventPage = operations["list_events"]["responses"][200]["content"]["application/json"];
type Event = components["schemas"]["Event"];

async function list(api: string, query: Query): Promise<EventPage> {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((single) => [name, String(single)]),
  );
  const answer = await fetch(`${api}/api/v1/events/?${new URLSearchParams(parameters)}`);
  if (!answer.ok) {
    const problem: Problem = await answer.json();
    throw new Error(problem.errors?.map((error) => `${error.parameter}: ${error.message}`).join("\n"));
  }
  return answer.json();
}

// Whoever asks without `fields` gets whole events.
const isWhole = (event: EventPage["results"][number]): event is Event => "sources" in event;

type Window = operations["get_event_window"]["responses"][200]["content"]["application/json"];

// Of a window there are events, or the buckets that their number is cut into.
const entries = (window: Window): number => (window.kind === "events" ? window.results : window.buckets).length;

async function main(api: string): Promise<void> {
  const page = await list(api, { country: ["UZ"], from: "2025-10", to: "2025-10", lang: "de" });
  for (const event of page.results.filter(isWhole)) {
    const title: string = event.title;
    const precision: "day" | "month" | "season" | "year" | "decade" | "century" | "interval" = event.date.precision;
    const place: string | undefined = event.place?.name;
    console.log([title, event.date.display, precision, place, event.countries?.map(({ code }) => code)].join(" | "));
  }
  console.log(page.next);
  console.log(entries(await (await fetch(`${api}/api/v1/events/window/?country=UZ&from=2025-10&to=2025-10`)).json()));

  // @ts-expect-error There is no such parameter.
  await list(api, { coutnry: ["UZ"] }).catch((error: Error) => console.log(error.message));
  // @ts-expect-error An event may have no place.
  page.results.filter(isWhole).map((event) => event.place.name);
  // @ts-expect-error There is no such role.
  const role: Query["role"] = ["guest"];
  void role;
}

declare const process: { argv: string[] };
void main(process.argv[2]!);
