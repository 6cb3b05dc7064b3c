using System.Diagnostics;

namespace RespKv.TestKit.Server;

/// <summary>
/// A process that a test started: its output line by line, signals, its end. Killed when disposed. No RESPKV_* variable of the
/// environment reaches it: those are settings of the server.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigInt = 2;

    private readonly Process _process;
    private readonly List<string> _lines = [];

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote so far to standard output and standard error, in the order of arrival.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public static ChildProcess Start(IReadOnlyList<string> command, string? workingDirectory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (string name in info.Environment.Keys.Where(name => name.StartsWith("RESPKV_", StringComparison.Ordinal)).ToList())
        {
            info.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = info });
        child._process.OutputDataReceived += (_, e) => child.Add(e.Data);
        child._process.ErrorDataReceived += (_, e) => child.Add(e.Data);
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Does nothing when the process has ended.</summary>
    public void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            LibC.SendSignal(_process.Id, signal);
        }
    }

    /// <summary>Waits for the end, and for the last line of output. Returns the exit code; 128 + n after signal n.</summary>
    /// <param name="limit">How long that may take; <see cref="Poll.Deadline"/> when it is not given.</param>
    public async Task<int> WaitForExitAsync(TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? Poll.Deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Process {_process.Id} has not ended after {(limit ?? Poll.Deadline).TotalSeconds} s. It wrote:\n{string.Join('\n', Lines)}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await WaitForExitAsync();
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}
