using System.Globalization;
using System.Text;

namespace RespKv.Engine.Configuration.Migration;

/// <summary>The respkv.conf that a redis.conf becomes: what a start takes, what differs under a comment that says how, the rest as comments.</summary>
public static class MigratedConfig
{
    private const int NamesPerLine = 8;

    /// <returns>The text; a start takes it. It has the secrets of the file.</returns>
    public static string Text(RedisConfigReport report)
    {
        var text = new StringBuilder();
        text.Append("# Made from ").Append(Comment(report.File)).Append(" by respkv config-check. Files that it includes are in it.\n");
        text.Append("# conf/respkv.conf, or respkv-server --print-config, has every directive with its default.\n");
        text.Append(CultureInfo.InvariantCulture, $"# New here: HTTP API, metrics and web console on the loopback addresses, port {DirectiveTable.Defaults.HttpPort}; http-port 0 turns them off.\n");

        // A start has these in other places than Redis; whoever did not name them has Redis's.
        foreach (RedisConfigDefault missing in report.NotWritten.Where(each => each.IsDifferent))
        {
            text.Append("\n# Redis's default; here it would be ").Append(missing.RespKv).Append(".\n");
            text.Append(missing.Directive).Append(' ').Append(missing.Redis).Append('\n');
        }

        List<RedisConfigLine> same = [.. report.Lines.Where(line => line.Verdict == RedisVerdict.Same)];
        if (same.Count > 0)
        {
            text.Append("\n# As in Redis.\n");
            same.ForEach(line => text.Append(line.Written).Append('\n'));
        }

        foreach (RedisConfigLine line in report.Lines.Where(line => line.Verdict == RedisVerdict.Different))
        {
            // These two would do harm or nothing: the log is always on, and without it Redis did not look at appendfsync.
            bool isLeftOut = RedisRules.IsBetterLeftOut(line);
            text.Append("\n# ").Append(Comment(line.Reason)).Append('\n');
            text.Append(isLeftOut ? "# Left out: " : "").Append(line.Written).Append('\n');
        }

        AppendUnsupported(text, report);
        AppendIgnored(text, report);
        return text.ToString();
    }

    private static void AppendUnsupported(StringBuilder text, RedisConfigReport report)
    {
        List<RedisConfigLine> unsupported = [.. report.Lines.Where(line => line.Verdict == RedisVerdict.Unsupported)];
        if (unsupported.Count == 0)
        {
            return;
        }

        text.Append("\n# Left out, because a start would refuse it:\n");
        foreach (RedisConfigLine line in unsupported)
        {
            text.Append("#   ").Append(Comment(line.Text)).Append("\n#     ").Append(Comment(line.Reason)).Append('\n');
        }
    }

    private static void AppendIgnored(StringBuilder text, RedisConfigReport report)
    {
        List<string> names = [.. report.Lines.Where(line => line.Verdict == RedisVerdict.Ignored).Select(line => line.Directive).Distinct(StringComparer.Ordinal)];
        if (names.Count == 0)
        {
            return;
        }

        text.Append("\n# Left out, because nothing follows from it here:\n");
        foreach (string[] some in names.Chunk(NamesPerLine))
        {
            text.Append("#   ").AppendJoin(", ", some).Append('\n');
        }
    }

    /// <summary>Text of somebody else must not begin a line of its own.</summary>
    private static string Comment(string text) => text.ReplaceLineEndings(" ");
}
