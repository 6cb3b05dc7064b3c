using System.Diagnostics;

namespace RespKv.TestKit.Server;

/// <summary>What a program that ran to its end left behind.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";
}

/// <summary>Programs of the machine, such as redis-cli.</summary>
public static class Tool
{
    /// <summary>The longest that one may take (an installation of packages); the bound only ends a test that has failed.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Path of the program, null when it is not installed.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/sbin")
        .Append("/sbin")
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(File.Exists);

    public static async Task<ToolResult> RunAsync(IReadOnlyList<string> command, Stream? input = null, string? workingDirectory = null)
    {
        var info = new ProcessStartInfo(Find(command[0]) ?? command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        using Process process = Process.Start(info) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        using var deadline = new CancellationTokenSource(Deadline);
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await FeedAsync(process, input, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new ToolResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{string.Join(' ', command)} has not ended after {Deadline.TotalMinutes} minutes.");
        }
    }

    /// <summary>As <see cref="RunAsync"/>, and throws when the exit code is not 0.</summary>
    public static async Task<string> CheckAsync(params string[] command)
    {
        ToolResult result = await RunAsync(command);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"{string.Join(' ', command)}: {result}");
    }

    private static async Task FeedAsync(Process process, Stream? input, CancellationToken cancel)
    {
        try
        {
            if (input is not null)
            {
                await input.CopyToAsync(process.StandardInput.BaseStream, cancel);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; its exit code tells why.
        }
    }
}
