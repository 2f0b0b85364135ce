import js from "@eslint/js";
import globals from "globals";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Imports across folders are written with "@/", so that one pattern per rule below sees them all.
const outOfFolder = { group: ["../../*"], message: 'Write imports across folders as "@/...".' };
const tauri = { group: ["@tauri-apps/*"], message: "Only src/backend talks to Tauri; use the Backend interface." };
const implementations = {
  group: ["@/backend/tauri", "@/backend/fake", "@/backend/fake/*"],
  message: "Only the entry and tests choose a backend.",
};
const restrict = (...patterns) => ({ "no-restricted-imports": ["error", { patterns: [outOfFolder, ...patterns] }] });

const features = ["inbox", "accounts", "health", "start", "settings"];

export default tseslint.config(
  { ignores: ["dist", "coverage", "node_modules", "src/contract"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    languageOptions: { globals: globals.browser },
    rules: {
      // The rest of that plug-in speaks for the React compiler, which this build does not run.
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      ...restrict(tauri, implementations),
    },
  },
  { files: ["src/backend/**"], rules: restrict({ group: ["@/app/*", "@/features/*"], message: "backend knows no screens." }) },
  {
    files: ["src/shared/**"],
    rules: restrict(tauri, { group: ["@/*", "!@/shared", "!@/shared/**"], message: "shared imports nothing of ours." }),
  },
  ...features.map((name) => ({
    files: [`src/features/${name}/**`],
    rules: restrict(
      tauri,
      implementations,
      { group: ["@/app/*", "@/main"], message: "app composes features, not the other way round." },
      {
        group: features.filter((other) => other !== name).flatMap((other) => [`@/features/${other}`, `@/features/${other}/*`, `../${other}/*`]),
        message: "Features never import each other; app composes them.",
      },
    ),
  })),
  { files: ["src/main.tsx", "src/test/**", "src/**/*.test.{ts,tsx}"], rules: restrict(tauri) },
  { files: ["**/*.{js,mjs}", "vite.config.ts"], languageOptions: { globals: globals.node } },
);
