using RespKv.Protocol;
using RespKv.TestKit.Model;

namespace RespKv.TestKit.Tests.Model;

/// <summary>One connection: sends a command, and says at which time the server executed it (Unix milliseconds).</summary>
internal delegate Task<(RespValue Reply, long NowMillis)> Execute(string[] command);

/// <summary>The same commands for a server and for the model, one after another, from several connections in turn.</summary>
internal sealed class ModelRun(int seed, CommandMakerOptions options)
{
    private const int MismatchesMax = 10;

    private readonly Random _random = new(seed);
    private readonly List<string> _mismatches = [];

    public ServerModel Model { get; } = new();

    /// <summary>Called after every command, with what the model said of it.</summary>
    public Action<string[], ModelOutcome>? Executed { get; init; }

    public async Task ExecuteAsync(int commands, params Execute[] connections)
    {
        ModelSession[] sessions = [.. connections.Select(_ => new ModelSession())];
        CommandMaker[] makers = [.. connections.Select(_ => new CommandMaker(_random, options))];
        for (int i = 0; i < commands && _mismatches.Count < MismatchesMax; i++)
        {
            int c = _random.Next(connections.Length);
            string[] command = makers[c].Next();
            (RespValue reply, long nowMillis) = await connections[c](command);
            ModelOutcome outcome = Model.Execute(sessions[c], command, nowMillis);
            if (!outcome.IsAcceptable(reply))
            {
                string expected = outcome.Reply is null ? "several replies" : ReplyText.Of(outcome.Reply);
                _mismatches.Add($"command {i}, connection {c}, at {nowMillis}: {ReplyText.Of(command)}\n  the model says {expected}\n  the server says {ReplyText.Of(reply)}");
            }

            Executed?.Invoke(command, outcome);
        }

        Assert.True(_mismatches.Count == 0, $"seed {seed}\n{string.Join('\n', _mismatches)}");
    }

    public static void AssertSame(ServerModel expected, ServerModel found, long nowMillis)
        => Assert.Equal(expected.Visible(nowMillis), found.Visible(nowMillis));
}
