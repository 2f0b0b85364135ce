//! Looking for products and passages, and the words that mean the same.

use super::{Answer, Host, done};
use contract::{AddSynonyms, ChangeSynonyms, KnowledgeFound, KnowledgeView, SearchKnowledge, SynonymsRef};

#[tauri::command]
pub async fn get_knowledge(app: Host<'_>) -> Answer<KnowledgeView> {
    let engine = done(app.engine())?;
    done(engine.knowledge().await)
}

#[tauri::command]
pub async fn search_knowledge(app: Host<'_>, request: SearchKnowledge) -> Answer<KnowledgeFound> {
    let engine = done(app.engine())?;
    done(engine.search_knowledge(request).await)
}

#[tauri::command]
pub async fn add_synonyms(app: Host<'_>, request: AddSynonyms) -> Answer<KnowledgeView> {
    let engine = done(app.engine())?;
    done(engine.add_synonyms(request).await)
}

#[tauri::command]
pub async fn change_synonyms(app: Host<'_>, request: ChangeSynonyms) -> Answer<KnowledgeView> {
    let engine = done(app.engine())?;
    done(engine.change_synonyms(request).await)
}

#[tauri::command]
pub async fn remove_synonyms(app: Host<'_>, request: SynonymsRef) -> Answer<KnowledgeView> {
    let engine = done(app.engine())?;
    done(engine.remove_synonyms(request.id).await)
}
