"""Retrieval: pages of the knowledge base in a Chroma collection, which holds data only."""

from urllib.parse import urlparse

import httpx
from langchain_chroma import Chroma
from langchain_community.embeddings import HuggingFaceEmbeddings

REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"
SOURCES = {"kb.helpdesk.example", "docs.helpdesk.example"}

embeddings = HuggingFaceEmbeddings(
    model_name="sentence-transformers/all-MiniLM-L6-v2", model_kwargs={"revision": REVISION}
)
store = Chroma(collection_name="pages", embedding_function=embeddings, persist_directory="/srv/helpdesk/index")


def passages(question):
    return "\n\n".join(page.page_content for page in store.similarity_search(question, k=4))


def add_page(url):
    parts = urlparse(url)
    if parts.scheme != "https" or parts.hostname not in SOURCES:
        raise ValueError("not a page of ours")
    store.add_texts([httpx.get(url, follow_redirects=False, timeout=10).text])
