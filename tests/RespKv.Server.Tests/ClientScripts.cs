using System.Reflection;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests;

/// <summary>tests/clients: scripts for published client libraries of other languages.</summary>
internal static class ClientScripts
{
    /// <summary>Debian's own Python first: its packages are not seen by one that was installed beside it.</summary>
    private static readonly string[] Pythons = ["/usr/bin/python3", "python3"];

    private static readonly Lazy<Task<string?>> NodeTrial = new(InstallAsync);
    private static readonly Lazy<Task<string?>> PythonTrial = new(FindPythonAsync);
    private static readonly Lazy<Task<bool>> KombuTrial = new(HasKombuAsync);
    private static readonly Lazy<Task<string?>> HiredisTrial = new(TryHiredisAsync);

    private static string Home { get; } = Path.GetFullPath(
        typeof(ClientScripts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ClientScripts").Value!);

    /// <summary>Null when the scripts for Node.js can run, otherwise why not.</summary>
    public static Task<string?> WhyNoNodeAsync() => NodeTrial.Value;

    /// <summary>Null when programs in C can be compiled with hiredis, otherwise why not.</summary>
    public static Task<string?> WhyNoHiredisAsync() => HiredisTrial.Value;

    /// <summary>The Python that has the package redis, or null.</summary>
    public static Task<string?> PythonAsync() => PythonTrial.Value;

    /// <summary>Whether that Python has the package kombu, too.</summary>
    public static Task<bool> WithKombuAsync() => KombuTrial.Value;

    /// <param name="script">Its name.</param>
    /// <param name="port">The server's.</param>
    /// <param name="tls">Nothing, or the files of the root, the client's certificate and its key.</param>
    public static Task<ToolResult> RunNodeAsync(string script, int port, params string[] tls)
        => Tool.RunAsync(["node", Path.Combine(Home, script), $"{port}", .. tls]);

    /// <inheritdoc cref="RunNodeAsync"/>
    public static async Task<ToolResult> RunPythonAsync(string script, int port, params string[] tls)
        => await Tool.RunAsync([(await PythonAsync())!, Path.Combine(Home, script), $"{port}", .. tls]);

    /// <summary>Compiles the program in a directory of its own, and runs it.</summary>
    public static async Task<ToolResult> RunHiredisAsync(string source, int port)
    {
        using var directory = new TempDirectory();
        string program = directory.Inside("program");
        ToolResult compiled = await Tool.RunAsync(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, Path.Combine(Home, source), "-lhiredis"]);
        return compiled.ExitCode != 0 ? compiled : await Tool.RunAsync([program, $"{port}"]);
    }

    private static async Task<string?> TryHiredisAsync()
    {
        if (Tool.Find("gcc") is null)
        {
            return "gcc is not installed";
        }

        using var directory = new TempDirectory();
        string source = directory.Inside("trial.c");
        await File.WriteAllTextAsync(source, "#include <hiredis/hiredis.h>\nint main(void) { return redisReaderCreate() == 0; }\n");
        ToolResult result = await Tool.RunAsync(["gcc", "-o", directory.Inside("trial"), source, "-lhiredis"]);
        return result.ExitCode == 0 ? null : "no hiredis to compile with (Debian: gcc, libc6-dev, libhiredis-dev)";
    }

    private static async Task<string?> InstallAsync()
    {
        if (Tool.Find("node") is null || Tool.Find("npm") is null)
        {
            return "node or npm is not installed";
        }

        // npm writes this file last; it is as new as the lock file when what is installed is what is locked.
        string installed = Path.Combine(Home, "node_modules", ".package-lock.json");
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(Home, "package-lock.json")))
        {
            return null;
        }

        ToolResult result = await Tool.RunAsync(["npm", "ci", "--no-audit", "--no-fund"], workingDirectory: Home);
        return result.ExitCode == 0 ? null : $"npm ci in tests/clients: {result.ToString().ReplaceLineEndings(" ")}";
    }

    private static async Task<string?> FindPythonAsync()
    {
        foreach (string python in Pythons.Where(python => Tool.Find(python) is not null || File.Exists(python)))
        {
            ToolResult result = await Tool.RunAsync([python, "-c", "import redis"]);
            if (result.ExitCode == 0)
            {
                return python;
            }
        }

        return null;
    }

    private static async Task<bool> HasKombuAsync()
        => await PythonAsync() is { } python && (await Tool.RunAsync([python, "-c", "import kombu.transport.redis"])).ExitCode == 0;
}
