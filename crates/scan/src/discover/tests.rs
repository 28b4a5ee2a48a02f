use redan_domain::Value;

use super::*;

fn found(path: &str, text: &str) -> Vec<String> {
    let show = |asset: &Asset| {
        let version = asset.attributes.get("version").map_or(String::new(), |version| format!("@{version}"));
        format!("{} {}{version} :{}", asset.kind, asset.name, asset.location.line.unwrap_or(0))
    };
    assets(path, text).iter().map(show).collect()
}

#[test]
fn manifests_of_every_ecosystem() {
    let requirements =
        "# x\nopenai==1.2.3  # c\nrequests>=2\nLangchain_Core[all]>=0.3 ; python_version>'3'\n-r other.txt\n";
    assert_eq!(found("requirements-dev.txt", requirements), ["library openai@1.2.3 :2", "library langchain-core :4"]);
    let pyproject = "[project]\ndependencies = [\n  'mcp>=1',\n]\n[tool.poetry.dependencies]\nchromadb = \"^0.5\"\n";
    assert_eq!(found("a/pyproject.toml", pyproject), ["library mcp :3", "library chromadb :6"]);
    let lock = "[[package]]\nname = \"torch\"\nversion = \"2.6.0\"\n";
    assert_eq!(found("uv.lock", lock), ["library torch@2.6.0 :2"]);
    let package =
        "{\"dependencies\": {\"ai\": \"5.0.1\",\n \"@modelcontextprotocol/sdk\": \"^1.2\", \"react\": \"1\"}}";
    assert_eq!(found("package.json", package), ["library ai@5.0.1 :1", "library @modelcontextprotocol/sdk :2"]);
    let lock =
        "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a/node_modules/openai\": {\"version\": \"4.1.0\"}}}";
    assert_eq!(found("package-lock.json", lock), ["library openai@4.1.0 :1"]);
    let go = "module x\nrequire (\n\tgithub.com/sashabaranov/go-openai v1.40.0 // indirect\n)\n";
    assert_eq!(found("go.mod", go), ["library github.com/sashabaranov/go-openai@1.40.0 :3"]);
    assert_eq!(found("Cargo.toml", "[dependencies]\nrmcp = { version = \"3\" }\n"), ["library rmcp :2"]);
    let pom = "<dependencies><dependency><groupId>dev.langchain4j</groupId>\n<artifactId>langchain4j</artifactId>\
        <version>1.0.0</version></dependency></dependencies>";
    assert_eq!(found("pom.xml", pom), ["library dev.langchain4j:langchain4j@1.0.0 :1"]);
    let gradle = "dependencies {\n  implementation(\"com.openai:openai-java:2.0.0\")\n}";
    assert_eq!(found("build.gradle.kts", gradle), ["library com.openai:openai-java@2.0.0 :2"]);
}

#[test]
fn what_is_not_told_is_unknown() {
    let assets = assets("Dockerfile", "FROM --platform=linux/amd64 vllm/vllm-openai:${TAG} AS x\nFROM debian\n");
    assert_eq!(assets.len(), 1);
    assert_eq!(assets[0].attributes["pinned"].value, Value::Unknown);
}

#[test]
fn variables_by_name_and_never_by_value() {
    let text =
        "# OPENAI_API_KEY=no\nexport OPENAI_API_KEY=abc\nLOG_LEVEL=debug\nANTHROPIC_BASE_URL=https://x\nHF_TOKEN=\n";
    assert_eq!(found(".env.example", text), ["secret OPENAI_API_KEY :2", "secret HF_TOKEN :5"]);
    assert!(!format!("{:?}", assets(".env", text)).contains("abc"));
}

#[test]
fn prompts_and_notebooks() {
    assert_eq!(found("app/prompts/system.md", "You are"), ["prompt system.md :0"]);
    assert_eq!(found("nb/train.ipynb", "{}"), ["notebook train.ipynb :0"]);
    assert!(found("docs/readme.md", "You are").is_empty());
}
