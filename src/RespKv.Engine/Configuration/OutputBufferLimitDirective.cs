using System.Globalization;

namespace RespKv.Engine.Configuration;

/// <summary>client-output-buffer-limit: groups of class, hard limit, soft limit, seconds. A class that is not named keeps its limits.</summary>
internal sealed class OutputBufferLimitDirective(string name) : Directive(name)
{
    private const int WordsPerClass = 4;

    public required OutputBufferLimits Default { get; init; }

    public override bool TakesMany => true;

    public override string Takes =>
        "<class> <hard limit> <soft limit> <soft seconds>, once or more, with a class of normal, replica (or slave), pubsub";

    public override string Get(ServerConfig config)
    {
        // Redis 7.0 shows the old name of the replica class, and clients parse that.
        OutputBufferLimits limits = config.OutputBufferLimits;
        return $"{Bytes("normal", limits.Normal)} {Bytes("slave", limits.Replica)} {Bytes("pubsub", limits.PubSub)}";
    }

    public override void Reset(ServerConfig config) => config.OutputBufferLimits = Default;

    public override IEnumerable<RewriteLine> RewriteLines(ServerConfig config)
    {
        OutputBufferLimits limits = config.OutputBufferLimits;
        yield return Line("normal", limits.Normal, Default.Normal);
        yield return Line("replica", limits.Replica, Default.Replica);
        yield return Line("pubsub", limits.PubSub, Default.PubSub);
    }

    protected override string? PrepareMany(ServerConfig config, IReadOnlyList<string> words, out Action? apply)
    {
        apply = null;
        if (words.Count == 0 || words.Count % WordsPerClass != 0)
        {
            return "Wrong number of arguments in buffer limit configuration.";
        }

        OutputBufferLimits limits = config.OutputBufferLimits;
        for (int i = 0; i < words.Count; i += WordsPerClass)
        {
            string group = words[i].ToLowerInvariant();
            if (group is not ("normal" or "replica" or "slave" or "pubsub"))
            {
                return "Invalid client class specified in buffer limit configuration.";
            }

            if (!MemorySize.TryParse(words[i + 1], out long hard)
                || !MemorySize.TryParse(words[i + 2], out long soft)
                || !int.TryParse(words[i + 3], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            {
                return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
            }

            var limit = new OutputBufferLimit(hard, soft, seconds);
            limits = group switch
            {
                "normal" => limits with { Normal = limit },
                "pubsub" => limits with { PubSub = limit },
                _ => limits with { Replica = limit },
            };
        }

        apply = () => config.OutputBufferLimits = limits;
        return null;
    }

    private RewriteLine Line(string group, OutputBufferLimit limit, OutputBufferLimit defaultLimit)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Name} {group} {MemorySize.Format(limit.HardBytes)} {MemorySize.Format(limit.SoftBytes)} {limit.SoftSeconds}");
        return new RewriteLine(text, limit != defaultLimit);
    }

    private static string Bytes(string group, OutputBufferLimit limit) =>
        string.Create(CultureInfo.InvariantCulture, $"{group} {limit.HardBytes} {limit.SoftBytes} {limit.SoftSeconds}");
}
