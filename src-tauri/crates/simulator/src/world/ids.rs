//! Ids, tokens and short codes that are the same on every machine and in every version.

/// The journal holds no token: each is made from the seeded one and the number of refreshes.
pub fn token_after(seeded: &str, refreshes: u64) -> String {
    let first = scatter(stable_hash(seeded.as_bytes()) ^ refreshes);
    format!("IGSIM{first:016x}{:016x}", scatter(first))
}

/// Ids stand between slashes and commas in addresses, where dots alone climb to another one.
pub fn is_usable_id(id: &str) -> bool {
    !matches!(id, "" | "." | ".." | "me")
        && id.len() <= 200
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte))
}

/// FNV-1a, 64 bits: the same on every machine and in every version.
pub fn stable_hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The finaliser of SplitMix64: neighbours become strangers, and no two inputs meet.
pub fn scatter(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

pub fn shortcode(id: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = stable_hash(id.as_bytes());
    let mut code = String::from("C");
    for _ in 0..10 {
        code.push(char::from(ALPHABET[(bits & 63) as usize]));
        bits >>= 6;
    }
    code
}
