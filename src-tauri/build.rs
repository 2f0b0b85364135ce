//! Embeds the window configuration, the capabilities and the permissions of each command.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*")
            .app_manifest(
                tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*.toml"),
            ),
    )
    .expect("tauri.conf.json, capabilities and permissions are valid");
}
