//! Puts the sample's pictures into the program.

use std::fmt::Write as _;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let here = std::env::var("CARGO_MANIFEST_DIR").map_err(std::io::Error::other)?;
    let out = std::env::var("OUT_DIR").map_err(std::io::Error::other)?;
    let folder = Path::new(&here).join("../../sample/pictures");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = std::fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(std::fs::DirEntry::path);
    let mut code =
        String::from("/// Name and bytes of each picture.\nconst PICTURES: &[(&str, &[u8])] = &[\n");
    for file in files {
        let path = file.path().canonicalize()?;
        if path.extension().is_some_and(|e| e == "png") {
            let name = file.file_name();
            writeln!(
                code,
                "    ({:?}, include_bytes!({:?})),",
                name.to_string_lossy(),
                path.display().to_string()
            )
            .map_err(std::io::Error::other)?;
        }
    }
    code.push_str("];\n");
    std::fs::write(Path::new(&out).join("pictures.rs"), code)
}
