using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>MODULE: there are none, and none can be loaded.</summary>
[Command("module", -2, CommandFlags.None,
    Group = "server", Since = "4.0.0", Complexity = "Depends on subcommand.", Summary = "A container for module commands")]
internal static class ModuleCommands
{
    private const string NotAllowed = "ERR MODULE command not allowed. If the enable-module-command option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.";

    [Command("module|list", 2, CommandFlags.Admin | CommandFlags.NoScript,
        Group = "server", Since = "4.0.0", Complexity = "O(N) where N is the number of loaded modules.",
        Summary = "List all modules loaded by the server", Tips = "nondeterministic_output_order")]
    internal static void List(ReadContext c, RequestArgs args) => c.Reply.ArrayHeader(0);

    [Command("module|load", -3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.NoScript,
        Group = "server", Since = "4.0.0", Complexity = "O(1)", Summary = "Load a module")]
    internal static void Load(ReadContext c, RequestArgs args) => c.Fail(NotAllowed);

    [Command("module|loadex", -3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.NoScript,
        Group = "server", Since = "7.0.0", Complexity = "O(1)", Summary = "Load a module with extended parameters")]
    internal static void LoadEx(ReadContext c, RequestArgs args) => c.Fail(NotAllowed);

    [Command("module|unload", 3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.NoScript,
        Group = "server", Since = "4.0.0", Complexity = "O(1)", Summary = "Unload a module")]
    internal static void Unload(ReadContext c, RequestArgs args) => c.Fail(NotAllowed);

    [Command("module|help", 2, CommandFlags.Loading | CommandFlags.Stale,
        Group = "server", Since = "5.0.0", Complexity = "O(1)", Summary = "Show helpful text about the different subcommands")]
    internal static void Help(ReadContext c, RequestArgs args) => HelpReply.Write(
        c,
        "MODULE",
        [
            "LIST",
            "    Return a list of loaded modules.",
            "LOAD <path> [<arg> ...]",
            "    Load a module library from <path>, passing to it any optional arguments.",
            "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
            "    Load a module library from <path>, while passing it module configurations and optional arguments.",
            "UNLOAD <name>",
            "    Unload a module.",
        ]);
}
