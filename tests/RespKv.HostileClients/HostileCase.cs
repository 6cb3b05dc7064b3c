namespace RespKv.HostileClients;

/// <summary>A way to misuse a server.</summary>
/// <param name="Name">For the command line and the table.</param>
/// <param name="Says">What the clients do.</param>
/// <param name="Run">Does it; throws <see cref="NotServedException"/> when the server answers what it should not.</param>
internal sealed record HostileCase(string Name, string Says, Func<Misuse, Task> Run)
{
    /// <summary>Settings of the server beyond small segments.</summary>
    public IReadOnlyList<string> Directives { get; init; } = [];

    /// <summary>The clients speak HTTP; the neighbour does not.</summary>
    public bool SpeaksHttp { get; init; }

    /// <summary>The named limit that bounds the memory, with the figures of this run.</summary>
    public required Func<Misuse, Bound> Bound { get; init; }

    /// <summary>Null when the case can run; otherwise why not.</summary>
    public Func<Misuse, Task<string?>>? WhyNot { get; init; }
}

/// <summary>What the server may take for these clients, by its limits.</summary>
/// <param name="Bytes">Of live memory; see <see cref="HostileRun.CollectorFactor"/>.</param>
/// <param name="Limit">Which limits those are.</param>
internal readonly record struct Bound(long Bytes, string Limit);

/// <summary>The server did what it should not.</summary>
internal sealed class NotServedException(string message) : Exception(message);
