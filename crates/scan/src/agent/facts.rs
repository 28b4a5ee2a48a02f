//! What is reported about agents.

use redan_domain::facts;

facts! {
    /// Approvals or permission checks are switched off.
    BYPASS = "agent-bypass";
    /// Tools run without being asked about.
    AUTO_APPROVE = "agent-auto-approve";
    /// A permission lets the agent run any command of a shell or an interpreter.
    SHELL_ALLOWED = "agent-shell-allowed";
    /// A setting runs a command by itself.
    SETTING_SHELL = "agent-setting-runs-shell";
    /// A hook runs something that fetches, decodes or sends.
    HOOK_DANGEROUS = "agent-hook-dangerous";
    /// A hook runs a command.
    HOOK = "agent-hook";
    /// Every MCP server that a repository brings is trusted.
    ALL_SERVERS = "agent-trusts-project-servers";
    /// Traffic to the model goes to another host.
    BASE_URL = "agent-base-url";
    /// The environment changes how programs are loaded or how connections are checked.
    ENV_INJECTION = "agent-environment";
    /// The sandbox is off or has a hole.
    SANDBOX = "agent-sandbox-off";
    /// A task runs when the folder is opened.
    FOLDER_OPEN = "agent-runs-on-open";
    /// Hooks are switched off.
    HOOKS_OFF = "agent-hooks-off";
    /// A repository brings plugins or marketplaces of others.
    MARKETPLACE = "agent-marketplace";
    /// A configuration could not be read to its end.
    UNREAD = "agent-config-unread";

    /// The version of an MCP server is whatever is newest when it starts.
    MCP_UNPINNED = "mcp-unpinned";
    /// An MCP server is fetched from an address, or started through a shell that fetches.
    MCP_REMOTE_CODE = "mcp-remote-code";
    /// A credential stands in the configuration of an MCP server.
    MCP_SECRET = "mcp-secret";
    /// An MCP server is reached without TLS.
    MCP_PLAIN_HTTP = "mcp-plain-http";
    /// An MCP server is given the whole disk, the home folder, or the host.
    MCP_BROAD_ACCESS = "mcp-broad-access";
    /// Two servers have one name.
    MCP_DUPLICATE = "mcp-duplicate-server";
    /// The name of a package is close to a well-known one.
    MCP_LOOKALIKE = "mcp-lookalike";

    /// The file of a package is downloaded and nothing is compared.
    PACKAGE_UNHASHED = "mcp-package-unhashed";
    /// A client is not told that what it asks for is a credential.
    SECRET_UNMARKED = "mcp-secret-unmarked";

    /// The card of an agent asks callers for nothing.
    CARD_NO_AUTH = "agent-card-without-auth";
    /// The card of an agent names an address without TLS.
    CARD_PLAIN_HTTP = "agent-card-plain-http";
    /// The card of an agent holds a credential.
    CARD_SECRET = "agent-card-secret";
    /// The card of an agent is not signed.
    CARD_UNSIGNED = "agent-card-unsigned";

    /// The description of a tool commands the model.
    TOOL_POISONED = "tool-description-poisoned";
    /// The description of a tool says how other tools are to be used.
    TOOL_SHADOWS = "tool-description-shadows";
    /// Two servers offer a tool of one name.
    TOOL_COLLISION = "tool-name-collision";
    /// The description of a tool is changed while it runs.
    TOOL_CHANGES = "tool-description-changes";
    /// A copy of every message goes to an address in the code.
    HIDDEN_COPY = "tool-hidden-copy";

    /// Text that a person does not see.
    HIDDEN_TEXT = "agent-hidden-text";
    /// An instruction in a comment or in other text that is not shown.
    HIDDEN_INSTRUCTION = "agent-hidden-instruction";
    /// The agent is told to send what is confidential.
    EXFILTRATE = "agent-told-to-send-secrets";
    /// The agent is told to hide what it does.
    SECRECY = "agent-told-to-hide";
    /// The agent is told to ignore its instructions or its safeguards.
    OVERRIDE = "agent-told-to-override";
    /// The agent is told to follow instructions that are fetched when it runs.
    REMOTE_INSTRUCTIONS = "agent-remote-instructions";
    /// The agent is told to write into its own instructions, memory or configuration.
    SELF_MODIFY = "agent-self-modification";
    /// Encoded text that decodes to commands.
    ENCODED = "agent-encoded-payload";
    /// A skill runs commands when it is loaded.
    ON_LOAD = "skill-runs-on-load";
    /// A skill allows itself every tool or command.
    BROAD_TOOLS = "skill-broad-tools";
    /// A skill makes the reader download and run something unknown first.
    PREREQUISITE = "skill-untrusted-prerequisite";

    /// Runs what it fetches.
    REMOTE_CODE = "script-runs-remote-code";
    /// Runs what it decodes.
    RUNS_ENCODED = "script-runs-encoded";
    /// Opens a shell to another machine.
    REVERSE_SHELL = "script-reverse-shell";
    /// Reads credentials and sends something.
    SENDS_SECRETS = "script-sends-secrets";
    /// Reads credentials that are not its own.
    READS_SECRETS = "script-reads-secrets";
    /// Sends the whole environment.
    SENDS_ENVIRONMENT = "script-sends-environment";
    /// Sends to a place that is made for collecting.
    COLLECTOR = "script-sends-to-collector";
    /// Stays on the machine.
    PERSISTS = "script-persists";
    /// Deletes what is not its own.
    DESTROYS = "script-destroys";
    /// Mines a currency.
    MINES = "script-mines";
    /// Records keys, screen or clipboard.
    WATCHES = "script-watches-user";
    /// Fetches a program and starts it.
    DROPS = "script-drops-program";
    /// Switches a protection of the machine off.
    UNPROTECTS = "script-weakens-protection";
    /// Starts an agent without its safeguards.
    LAUNCHES = "script-launches-unguarded-agent";

    /// Text of an event is put into a script.
    CI_INJECTION = "ci-script-injection";
    /// Text of an event reaches an agent that may write or knows secrets.
    CI_AGENT_INPUT = "ci-agent-untrusted-input";
    /// An agent runs in a job without its safeguards.
    CI_AGENT_BYPASS = "ci-agent-bypass";
    /// Anybody may start the agent.
    CI_AGENT_ANYONE = "ci-agent-anyone";
    /// An action of others is named by something that moves.
    CI_UNPINNED = "ci-unpinned-action";
    /// A job prints a secret.
    CI_PRINTS_SECRET = "ci-prints-secret";
    /// Credentials in a file of environment variables.
    ENV_SECRET = "env-file-secret";
    /// A command lets a model bring code of its own.
    TRUST_REMOTE_CODE = "trust-remote-code-flag";
    /// A model is downloaded and nothing is compared.
    MODEL_DOWNLOAD = "model-download-unchecked";

    /// Something differs from what was approved.
    LOCK_CHANGED = "agent-config-changed";
    /// Something was never approved.
    LOCK_ADDED = "agent-config-added";
}
