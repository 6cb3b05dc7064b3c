using System.Text;
using RespKv.Engine.Commit;
using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>LOLWUT: what this server's own disk looks like, fastest sync to slowest.</summary>
internal static class LolwutCommand
{
    private const int Columns = 64;
    private const string Bars = "▁▂▃▄▅▆▇█";

    [Command("lolwut", -1, CommandFlags.ReadOnly | CommandFlags.Fast, Group = "server", Since = "5.0.0",
        Summary = "Display some computer art and the Redis version", Syntax = "[VERSION version]")]
    internal static void Lolwut(ReadContext c, RequestArgs args)
    {
        if (args.Count >= 3 && args[1].Is("version"u8) && !ArgumentParsing.TryInteger(c, args[2], out _))
        {
            return;
        }

        var text = new StringBuilder();
        LogHistogram syncs = c.Engine.Commit.Stats.SyncMicros;
        if (syncs.Total == 0)
        {
            text.Append(Bars[0], Columns).Append("\nA calm sea: no sync yet.\n");
        }
        else
        {
            AppendSkyline(text, syncs);
        }

        text.Append($"\nrespkv {ServerIdentity.Version}, Redis ver. {ServerIdentity.RedisVersion}\n");
        c.Reply.Verbatim("txt"u8, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void AppendSkyline(StringBuilder text, LogHistogram syncs)
    {
        double lowest = Math.Log2(1 + syncs.Quantile(0));
        double range = Math.Max(1, Math.Log2(1 + syncs.Max) - lowest);
        for (int column = 1; column <= Columns; column++)
        {
            double height = (Math.Log2(1 + syncs.Quantile((double)column / Columns)) - lowest) / range;
            text.Append(Bars[(int)Math.Round(Math.Clamp(height, 0, 1) * (Bars.Length - 1))]);
        }

        text.Append($"\n{syncs.Total} syncs, from {syncs.Quantile(0)} to {syncs.Max} microseconds: the price of keeping a promise.\n");
    }
}
