namespace RespKv.TestKit.Server;

/// <summary>How a server is started. <c>{port}</c>, <c>{dir}</c> and <c>{appendfsync}</c> stand for what each start fills in.</summary>
public sealed class ServerCommand(IReadOnlyList<string> words)
{
    private const string ServerAssembly = "respkv-server.dll";

    /// <summary>Names a command to run instead, to see what a test says of another server, Redis for one.</summary>
    private const string OverrideVariable = "SERVER_UNDER_TEST";

    /// <summary>The server that was built beside the running program.</summary>
    public static ServerCommand Built()
    {
        if (Environment.GetEnvironmentVariable(OverrideVariable) is { Length: > 0 } line)
        {
            return Parse(line);
        }

        string assembly = Path.Combine(AppContext.BaseDirectory, ServerAssembly);
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException($"{ServerAssembly} is not beside {AppContext.BaseDirectory}: the project needs a reference to RespKv.Server.", assembly);
        }

        return new ServerCommand([Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", assembly]);
    }

    /// <summary>A command line, split at spaces.</summary>
    public static ServerCommand Parse(string line) => new(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The words of one start; settings that have no place in the command are appended as directives.</summary>
    public IReadOnlyList<string> Fill(int port, string directory, string appendFsync, IEnumerable<string> more)
    {
        (string Name, string Value)[] settings = [("port", $"{port}"), ("dir", directory), ("appendfsync", appendFsync)];
        List<string> filled = [.. words];
        foreach ((string name, string value) in settings)
        {
            string place = $"{{{name}}}";
            if (!filled.Exists(word => word.Contains(place, StringComparison.Ordinal)))
            {
                filled.AddRange([$"--{name}", place]);
            }

            filled = filled.ConvertAll(word => word.Replace(place, value, StringComparison.Ordinal));
        }

        return [.. filled, .. more];
    }
}
