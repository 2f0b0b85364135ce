import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { expectAccessible, openWindow } from "@/test/openWindow";

async function openSettings(window: ReturnType<typeof openWindow>) {
  await screen.findByTestId("comment-list");
  await window.user.click(screen.getByTestId("settings-open"));
  await screen.findByTestId("settings");
}

describe("settings", () => {
  it("changes theme, density and language at once, and keeps them", async () => {
    const window = openWindow();
    await openSettings(window);
    await window.user.click(screen.getByRole("radio", { name: "Dark" }));
    expect(document.documentElement.dataset.theme).toBe("dark");
    await window.user.click(screen.getByRole("radio", { name: "Compact" }));
    expect(screen.getByTestId("comment-list").dataset.density).toBe("compact");
    await window.user.click(screen.getByRole("radio", { name: "Русский" }));
    await waitFor(() => {
      expect(document.documentElement.lang).toBe("ru");
    });
    expect((await window.engine.call("get_settings", null)).appearance).toMatchObject({ theme: "dark", density: "compact", language: "ru" });
  });

  it("names the range of a hold that does not fit, and does not keep it", async () => {
    const window = openWindow({ holdSeconds: 10 });
    await openSettings(window);
    const hold = screen.getByLabelText(/Hold before sending/);
    await window.user.clear(hold);
    await window.user.type(hold, "900");
    await window.user.tab();
    expect(hold).toBeInvalid();
    expect((await window.engine.call("get_settings", null)).hold_seconds).toBe(10);
  });

  it("saves an endpoint without ever showing its key again, and tests it", async () => {
    const window = openWindow();
    await openSettings(window);
    await window.user.type(screen.getByLabelText("Address"), "https://api.example.com/v1");
    await window.user.type(screen.getByLabelText("Model"), "small-1");
    await window.user.type(screen.getByLabelText("Key"), "sk-canary");
    await window.user.click(screen.getByRole("button", { name: "Save" }));
    await window.user.click(await screen.findByRole("button", { name: "Test" }));
    expect(await screen.findByText(/It answers: small-1, 412 ms/)).toBeInTheDocument();
    expect(screen.getByLabelText("Key")).toHaveValue("");
    expect(document.body.innerHTML).not.toContain("sk-canary");
  });

  it("forgets the key when the endpoint moves to another server", async () => {
    const { engine } = openWindow();
    await engine.call("set_provider", { base_url: "https://api.example.com/v1", model: "small-1", key: "sk-canary" });
    expect((await engine.call("set_provider", { base_url: "https://api.example.com/v2", model: "small-1", key: null })).provider?.has_key).toBe(true);
    expect((await engine.call("set_provider", { base_url: "https://other.example.com/v2", model: "small-1", key: null })).provider?.has_key).toBe(false);
  });

  it("shows a refusal in the section where the change was made", async () => {
    const window = openWindow();
    await openSettings(window);
    window.engine.failNext("update_settings", "storage_failed", "the disk is full");
    await window.user.click(screen.getByRole("radio", { name: "Compact" }));
    const refused = await screen.findByTestId("settings-refused");
    expect(refused.closest("section")).toContainElement(screen.getByRole("radiogroup", { name: "Density" }));
    expect(refused).toHaveTextContent(/The database cannot take it\..*The disk is full\./);
    expect(screen.getByRole("radio", { name: "Comfortable" }), "the look is as it was").toBeChecked();
  });

  it("leads from the sample to an account of one's own, and so does the palette", async () => {
    const window = openWindow();
    await openSettings(window);
    await window.user.click(screen.getByTestId("settings-connect"));
    expect(await screen.findByRole("heading", { name: "Connect an account" })).toBeInTheDocument();
    await window.user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(await screen.findByTestId("account-1")).toBeInTheDocument();
    await window.user.keyboard("{Control>}k{/Control}");
    await screen.findByTestId("palette");
    await window.user.keyboard("connect an account{Enter}");
    expect(await screen.findByRole("heading", { name: "Connect an account" })).toBeInTheDocument();
  });

  it("has no accessibility finding", async () => {
    const window = openWindow();
    await openSettings(window);
    await expectAccessible(screen.getByTestId("settings"));
  });
});
