//! Writes the TypeScript of the contract into the folder given.

fn main() -> std::io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .ok_or_else(|| std::io::Error::other("usage: export FOLDER"))?;
    std::fs::create_dir_all(&folder)?;
    std::fs::write(
        std::path::Path::new(&folder).join("contract.ts"),
        contract::typescript(),
    )
}
