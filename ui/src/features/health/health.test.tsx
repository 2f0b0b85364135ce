import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ready } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

async function openHealth(options: Parameters<typeof openWindow>[0] = {}) {
  const window = await ready(openWindow(options));
  await window.user.click(screen.getByTestId("go-health"));
  await screen.findByTestId("stage-draft");
  return window;
}

describe("health", () => {
  it("shows what waits, what rests, who works and the last errors", async () => {
    await openHealth({ state: "several" });
    expect(within(screen.getByTestId("stage-draft")).getByText("48 s")).toBeInTheDocument();
    expect(screen.getByTestId("health-verdict")).toHaveTextContent("1 destination rests");
    expect(screen.getByTestId("worker-draft")).toHaveTextContent("Waits, then tries again");
    expect(screen.getByText(/95 of 100 within 212 ms/)).toBeInTheDocument();
    expect(screen.getByTestId("limit-2")).toHaveTextContent("96 % used");
    expect(screen.getByText("M-4203")).toBeInTheDocument();
    await expectAccessible(screen.getByTestId("health"));
  });

  it("says that sending stands still while it is stopped", async () => {
    const { engine } = await openHealth();
    await engine.call("set_sending", { on: false });
    await waitFor(() => {
      expect(screen.getByTestId("health-verdict")).toHaveTextContent("1 worker stands still");
    });
    expect(screen.getByTestId("worker-outbox")).toHaveTextContent("Stands still");
  });

  it("rebuilds the index and says how far it is", async () => {
    const { user } = await openHealth();
    await user.click(screen.getByTestId("rebuild-index"));
    expect(await screen.findByRole("progressbar", { name: "Index" })).toHaveAttribute("aria-valuenow", "62");
    expect(screen.getByText(/Search goes on meanwhile/)).toBeInTheDocument();
  });

  it("tells what corrections taught, and forgets it only when asked twice", async () => {
    const { engine, user } = await openHealth();
    const first = [...engine.comments.values()].find((each) => each.stage === "to_review")?.row;
    if (!first) throw new Error("a comment waits");
    await engine.call("correct_label", { comment_id: first.id, version: first.version, label: "complaint" });
    await waitFor(() => {
      expect(screen.getByTestId("taught")).toHaveTextContent("1 corrected label");
    });
    await user.click(screen.getByRole("button", { name: "Forget what was learnt" }));
    await expectAccessible(screen.getByTestId("health"));
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(screen.getByTestId("taught")).toHaveTextContent("1 corrected label");
    await user.click(screen.getByRole("button", { name: "Forget what was learnt" }));
    await user.click(screen.getByRole("button", { name: "Forget" }));
    await waitFor(() => {
      expect(screen.getByTestId("taught")).toHaveTextContent("Nothing yet");
    });
    expect(screen.getByText(/Forgotten: 1 correction/)).toBeInTheDocument();
  });

  it("says which comments went wrong, and leads to their trace", async () => {
    const { user } = await openHealth({ state: "busy" });
    const troubles = screen.getByTestId("troubles");
    expect(troubles).toHaveTextContent("Not done on the platform");
    expect(troubles).toHaveTextContent("Outcome unknown");
    await user.click(within(troubles).getAllByRole("button", { name: /Show the trace/ })[0] as HTMLElement);
    expect(await screen.findByTestId("trace")).toBeInTheDocument();
    await expectAccessible(screen.getByTestId("health"));
  });

  it("says where the diagnostics were written and what is not in them", async () => {
    const { user } = await openHealth();
    await user.click(screen.getByTestId("export-diagnostics"));
    expect(await screen.findByText(/Written to .*diagnostics.*json.*comment text are not in it/)).toBeInTheDocument();
  });

  it("says what to do when the engine gives no answer, and tries again", async () => {
    const { engine, user } = await ready(openWindow());
    engine.failNext("get_health");
    await user.keyboard("gh");
    const alert = await screen.findByRole("alert");
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByTestId("stage-post")).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});

describe("notices of the platforms", () => {
  it("are switched on with a token and a secret, which are not shown again", async () => {
    const { engine, user } = await openHealth();
    expect(screen.getByTestId("relay-state")).toHaveTextContent("Off");
    await user.click(screen.getByTestId("relay-change"));
    await user.click(screen.getByRole("checkbox", { name: "Receive notices on this computer" }));
    expect(screen.getByTestId("relay-save"), "without a token nothing can be believed").toBeDisabled();
    await user.type(screen.getByTestId("relay-token"), "kettle");
    await user.type(screen.getByTestId("relay-secrets"), "one{Enter}two");
    await expectAccessible(screen.getByTestId("health"));
    await user.click(screen.getByTestId("relay-save"));
    await waitFor(() => {
      expect(screen.getByTestId("relay-state")).toHaveTextContent("Listening");
    });
    expect(screen.getByText("http://127.0.0.1:8765/webhook")).toBeInTheDocument();
    expect((await engine.call("get_health", null)).relay.app_secrets).toBe(2);
    await user.click(screen.getByTestId("relay-change"));
    expect(screen.getByTestId("relay-token")).toHaveValue("");
  });

  it("say why they cannot be switched on", async () => {
    const { engine, user } = await openHealth();
    await user.click(screen.getByTestId("relay-change"));
    engine.failNext("set_relay", "invalid", "port = 8765: another program listens there");
    await user.click(screen.getByTestId("relay-save"));
    expect(await screen.findByRole("alert")).toHaveTextContent("another program listens there");
  });
});

describe("looking a trace up", () => {
  it("finds a comment by its words and shows its way by stage", async () => {
    const { user } = await openHealth();
    await user.type(screen.getByTestId("trace-search"), "oxblood one back");
    await waitFor(() => {
      for (const each of screen.getAllByTestId(/^trace-of-/)) expect(each).toHaveTextContent("oxblood one back");
    });
    await user.click(screen.getAllByTestId(/^trace-of-/)[0] as HTMLElement);
    const draft = await screen.findByTestId("trace-draft");
    expect(draft).toHaveTextContent("Left to the models inside the app: the endpoint gave no answer");
    expect(screen.getByTestId("trace-understand")).toHaveTextContent(/Labelled: Question · \d+ ?%/);
    expect(screen.getByTestId("trace-review"), "where the comment stands says that it waits").toHaveTextContent("Waits for a person");
    expect(draft).toHaveTextContent("4.8 s");
    await expectAccessible(screen.getByTestId("health"));
    await user.click(screen.getByRole("button", { name: "Another comment" }));
    expect(screen.queryByTestId("trace")).not.toBeInTheDocument();
  });

  it("says that a comment is gone", async () => {
    const { engine, user } = await openHealth();
    engine.failNext("get_trace", "not_found", "the comment was deleted");
    await user.click((await screen.findAllByTestId(/^trace-of-/))[0] as HTMLElement);
    expect(await screen.findByRole("alert")).toHaveTextContent("The comment was deleted.");
  });
});
