import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ready } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

async function openKnowledge(options: Parameters<typeof openWindow>[0] = {}) {
  const window = openWindow(options);
  if (options.state !== "empty") await ready(window);
  await window.user.click(await screen.findByTestId("go-knowledge"));
  await screen.findByTestId("knowledge");
  return window;
}

const search = () => screen.getByRole("searchbox", { name: "Search products and documents" });
const hits = () => within(screen.getByRole("list", { name: "Found" })).queryAllByRole("listitem").map((hit) => hit.textContent);
const lists = () => within(screen.getByRole("list", { name: "Synonyms" })).queryAllByRole("listitem").map((list) => list.textContent);

describe("searching the knowledge", () => {
  it("finds while typing, under other names too, and says how", async () => {
    const { user } = await openKnowledge();
    expect(screen.getByText(/Type a question as a customer/)).toBeInTheDocument();
    await user.keyboard("/");
    expect(search()).toHaveFocus();
    await user.keyboard("is Oaky oven safe");
    await waitFor(() => {
      expect(hits().some((hit) => hit.includes("Skillet 26"))).toBe(true);
    });
    const told = within(screen.getByTestId("knowledge")).getAllByRole("status")[0];
    expect(told).toHaveTextContent(/places found\. Also looked for: skillet\./);
    expect(hits().find((hit) => hit.includes("Skillet 26"))).toMatch(/€89.*Words and meaning/);
    await expectAccessible(screen.getByTestId("knowledge"));
  });

  it("is narrowed by what can be had, holds today and speaks a language", async () => {
    const { user } = await openKnowledge();
    await user.type(search(), "lid kettle чайник доставка delivery");
    await waitFor(() => {
      expect(hits().some((hit) => hit.includes("Lid 26"))).toBe(true);
    });
    expect(hits().find((hit) => hit.startsWith("Lid 26"))).toContain("Not in stock");
    expect(hits().find((hit) => hit.startsWith("Kettle 1.2"))).toContain("Not valid today");
    await user.click(screen.getByRole("button", { name: "In stock" }));
    await waitFor(() => {
      expect(hits().some((hit) => hit.startsWith("Lid 26"))).toBe(false);
    });
    await user.click(screen.getByRole("button", { name: "Valid today" }));
    await waitFor(() => {
      expect(hits().some((hit) => hit.startsWith("Kettle 1.2"))).toBe(false);
    });
    expect(hits().some((hit) => hit.startsWith("Delivery"))).toBe(true);
    await user.click(screen.getByRole("button", { name: "Russian" }));
    await waitFor(() => {
      expect(hits().some((hit) => hit.startsWith("Delivery"))).toBe(false);
    });
    expect(hits().some((hit) => hit.startsWith("Доставка"))).toBe(true);
    expect(screen.getByRole("button", { name: "Russian" })).toHaveAttribute("aria-pressed", "true");
  });

  it("says that nothing was found, and what may help", async () => {
    const { user } = await openKnowledge();
    await user.type(search(), "astronaut");
    expect(await screen.findByText(/Nothing found\. Other words may help/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "In stock" }));
    expect(await screen.findByText(/Nothing found with these filters/)).toBeInTheDocument();
  });

  it("says what to do when the engine gives no answer, and tries again", async () => {
    const { engine, user } = await openKnowledge();
    engine.failNext("search_knowledge");
    await user.type(search(), "skillet{Enter}");
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    await waitFor(() => {
      expect(hits().length).toBeGreaterThan(0);
    });
  });
});

describe("synonyms", () => {
  it("are added, and the search knows them at once", async () => {
    const { user } = await openKnowledge();
    await user.type(search(), "beauty");
    expect(await screen.findByText(/Nothing found/)).toBeInTheDocument();
    const field = await screen.findByRole("textbox", { name: "Words for one thing" });
    await user.type(field, "beauty");
    expect(screen.getByRole("button", { name: "Add" })).toBeDisabled();
    expect(screen.getByText(/Two words at least/)).toBeInTheDocument();
    await user.type(field, " = skillet{Enter}");
    await waitFor(() => {
      expect(lists()).toContain("beauty = skillet");
    });
    expect(field).toHaveValue("");
    await waitFor(() => {
      expect(hits().some((hit) => hit.includes("Skillet 26"))).toBe(true);
    });
    await expectAccessible(screen.getByTestId("knowledge"));
  });

  it("are changed in place, and left as they were by Escape", async () => {
    const { user } = await openKnowledge();
    await user.click(await screen.findByRole("button", { name: "Edit: Oaky = skillet" }));
    const field = screen.getByRole("textbox", { name: "Words of Oaky = skillet" });
    expect(field).toHaveFocus();
    await user.type(field, " = big pan{Escape}");
    expect(lists()).toContain("Oaky = skillet");
    await user.click(screen.getByRole("button", { name: "Edit: Oaky = skillet" }));
    await user.type(screen.getByRole("textbox", { name: "Words of Oaky = skillet" }), " = big pan{Enter}");
    await waitFor(() => {
      expect(lists()).toContain("Oaky = skillet = big pan");
    });
  });

  it("are removed and brought back", async () => {
    const { user } = await openKnowledge();
    await user.click(await screen.findByRole("button", { name: "Remove: Oaky = skillet" }));
    await waitFor(() => {
      expect(lists()).not.toContain("Oaky = skillet");
    });
    expect(screen.getByText("Removed: Oaky = skillet")).toBeInTheDocument();
    expect(screen.getByRole("textbox", { name: "Words for one thing" })).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => {
      expect(lists()).toContain("Oaky = skillet");
    });
    expect(screen.queryByText(/^Removed/)).not.toBeInTheDocument();
  });

  it("that the engine refuses stay in the field, with the reason", async () => {
    const { user } = await openKnowledge();
    const field = await screen.findByRole("textbox", { name: "Words for one thing" });
    await user.type(field, "skillet = Skillet{Enter}");
    expect(await screen.findByText(/at least two different words/i)).toBeInTheDocument();
    expect(field).toHaveValue("skillet = Skillet");
  });

  it("say what they are for where there are none", async () => {
    await openKnowledge({ state: "empty" });
    expect(await screen.findByText("No synonyms yet.")).toBeInTheDocument();
    expect(lists()).toEqual([]);
    await expectAccessible(screen.getByTestId("knowledge"));
  });
});
