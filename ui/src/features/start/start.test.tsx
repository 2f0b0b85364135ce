import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { expectAccessible, openWindow } from "@/test/openWindow";

describe("first start", () => {
  it("opens the sample workspace", async () => {
    const { user } = openWindow({ state: "first" });
    await user.click(await screen.findByTestId("first-start-sample"));
    expect(await screen.findByTestId("comment-list")).toBeInTheDocument();
  });

  it("connects an account of any platform, and goes on in the workspace of one's own", async () => {
    const { user, engine } = openWindow({ state: "first" });
    await user.click(await screen.findByTestId("first-start-connect"));
    expect(screen.getAllByRole("radio", { name: /comments/i }).map((each) => (each as HTMLInputElement).value)).toEqual(["instagram", "facebook", "youtube", "telegram"]);
    await expectAccessible(screen.getByTestId("connect"));
    await user.keyboard("{Enter}{Enter}");
    await user.click(await screen.findByRole("button", { name: /^Connect/ }));
    expect(screen.getByRole("alert")).toHaveTextContent("Paste the token first.");
    await user.type(screen.getByTestId("connect-token"), "short");
    await user.keyboard("{Enter}");
    await waitFor(() => {
      expect(screen.getByRole("alert")).toHaveTextContent(/The sign-in was refused.*does not know this token/);
    });
    expect(screen.getByTestId("connect-token")).toHaveValue("short");
    await user.type(screen.getByTestId("connect-token"), "-and-then-the-whole-of-it");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "oakmere.instagram is connected" })).toBeInTheDocument();
    expect((await engine.call("open_app", null)).phase).toMatchObject({ phase: "ready", kind: "own" });
    await user.click(screen.getByRole("button", { name: /Show the account/ }));
    expect(await screen.findByTestId("account-1")).toBeInTheDocument();
  });

  it("goes back from connecting to the choice", async () => {
    const { user } = openWindow({ state: "first" });
    await user.click(await screen.findByTestId("first-start-connect"));
    await user.click(screen.getByRole("button", { name: "Back" }));
    expect(await screen.findByTestId("first-start-sample")).toBeInTheDocument();
  });

  it("asks where to keep sign-ins when no keychain answers, and never accepts a short passphrase", async () => {
    const { user, engine } = openWindow({ state: "nokeychain" });
    await screen.findByTestId("secrets-choice");
    await user.type(screen.getByTestId("secrets-passphrase"), "short");
    await user.click(screen.getByTestId("secrets-continue"));
    expect(screen.getByRole("alert")).toHaveTextContent(/at least 8/);
    await user.type(screen.getByTestId("secrets-passphrase"), " but longer");
    await user.click(screen.getByTestId("secrets-continue"));
    await user.click(await screen.findByTestId("first-start-sample"));
    expect(await screen.findByTestId("comment-list")).toBeInTheDocument();
    expect((await engine.call("open_app", null)).secrets).toBe("encrypted_file");
  });

  it.each([
    ["en", "Reading products and documents"],
    ["ru", "Читаем товары и документы"],
  ])("words the step that the engine names, in %s", async (language, words) => {
    openWindow({ state: "opening", settings: { language } });
    expect(await screen.findByText(words)).toHaveAttribute("role", "status");
    expect(screen.getByRole("progressbar")).toHaveAccessibleName(words);
  });

  it("says where the token goes, by where sign-ins are kept", async () => {
    const { user, engine } = openWindow({ state: "nokeychain" });
    await screen.findByTestId("secrets-choice");
    await user.click(screen.getByTestId("secrets-session"));
    await user.click(screen.getByTestId("secrets-continue"));
    await user.click(await screen.findByTestId("first-start-connect"));
    await user.keyboard("{Enter}{Enter}");
    expect(await screen.findByText(/kept in memory until Moderato is closed/)).toBeInTheDocument();
    expect(screen.queryByText(/keychain/), "nothing goes there").not.toBeInTheDocument();
    expect((await engine.call("open_app", null)).secrets).toBe("session_only");
  });

  it("keeps the engine's English out of the headline of a Russian window", async () => {
    openWindow({ state: "failed", settings: { language: "ru" } });
    const alert = await screen.findByRole("alert");
    expect(alert.querySelector("b")).toHaveTextContent("Не удалось открыть рабочее пространство");
    expect(alert.querySelector("details")).toHaveTextContent(/newer version of Moderato/);
  });

  it("says what failed and what to do when the workspace cannot open", async () => {
    openWindow({ state: "failed" });
    expect(await screen.findByRole("alert")).toHaveTextContent(/newer version of Moderato.*Install the newest version/);
  });

  it("tries the workspace again, and says when that was refused", async () => {
    const { user, engine } = openWindow({ state: "failed" });
    engine.failNext("reopen_workspace", "storage_failed", "another program holds the database");
    await user.click(await screen.findByTestId("reopen"));
    expect(await screen.findByText(/Another program holds the database/)).toBeInTheDocument();
    await user.click(screen.getByTestId("reopen"));
    expect(await screen.findByTestId("comment-list")).toBeInTheDocument();
  });

  it("leads from a workspace that cannot open to the sample, and back", async () => {
    const { user } = openWindow({ state: "failed" });
    await user.click(await screen.findByTestId("elsewhere"));
    await screen.findByTestId("first-start-sample");
    await user.click(screen.getByRole("button", { name: "Back" }));
    await user.click(await screen.findByTestId("elsewhere"));
    await user.click(await screen.findByTestId("first-start-sample"));
    expect(await screen.findByTestId("comment-list")).toBeInTheDocument();
  });

  it.each(["first", "nokeychain", "opening", "failed"] as const)("has no accessibility finding when it shows %s", async (state) => {
    openWindow({ state });
    await screen.findByRole("heading", { level: 1 });
    await expectAccessible();
  });
});
