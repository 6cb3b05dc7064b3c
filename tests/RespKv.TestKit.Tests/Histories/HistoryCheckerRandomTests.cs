using System.Text;
using RespKv.Protocol;
using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;

namespace RespKv.TestKit.Tests.Histories;

/// <summary>The checker on histories that nobody thought of.</summary>
public sealed class HistoryCheckerRandomTests
{
    private const int Histories = 30;
    private const int Steps = 400;
    private const int SmallHistories = 1500;

    private static readonly CommandMakerOptions FewKeys = new()
    {
        Keys = 4,
        Databases = 2,
        ValueBytesMax = 40,
        Expiry = ExpiryKind.Far,
        Transactions = true,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_one_server_answered_is_explained(bool wholeKeyspace)
    {
        for (int seed = 0; seed < Histories; seed++)
        {
            var maker = new HistoryMaker(seed, FewKeys with { WholeKeyspace = wholeKeyspace });

            HistoryVerdict verdict = HistoryChecker.Check(maker.Make(Steps), new ServerModel(), maker.Model);

            Assert.True(verdict.IsLinearizable, $"seed {seed}: {verdict.Explanation}");
        }
    }

    [Fact]
    public void One_answer_with_a_value_that_nobody_wrote_is_found()
    {
        for (int seed = 0; seed < Histories; seed++)
        {
            var maker = new HistoryMaker(seed, FewKeys);
            List<HistoryEntry> entries = [.. maker.Make(Steps).Entries];
            int[] shown = [.. Enumerable.Range(0, entries.Count).Where(i => entries[i].Reply is { Kind: RespKind.BulkString })];
            int changed = shown[seed % shown.Length];
            entries[changed] = entries[changed] with { Reply = Bulk("nobody's") };

            HistoryVerdict verdict = HistoryChecker.Check(new History(entries), new ServerModel(), maker.Model);

            Assert.False(verdict.IsLinearizable, $"seed {seed}");
            Assert.Contains("nobody's", verdict.Explanation, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_lost_or_changed_key_in_the_end_is_found()
    {
        for (int seed = 0; seed < Histories; seed++)
        {
            var maker = new HistoryMaker(seed, FewKeys with { WholeKeyspace = false });
            History history = maker.Make(Steps);
            ServerModel end = maker.Model.Copy();
            end.Load(0, "k0", "nobody's", -1);

            Assert.False(HistoryChecker.Check(history, new ServerModel(), end).IsLinearizable, $"seed {seed}");
        }
    }

    /// <summary>Answers and ends are drawn, so that about as many histories can be explained as cannot.</summary>
    [Fact]
    public void Small_histories_are_judged_as_by_trying_every_order()
    {
        int explained = 0;
        for (int seed = 0; seed < SmallHistories; seed++)
        {
            var random = new Random(seed);
            History history = Small(random);
            var end = new ServerModel();
            foreach (string key in new[] { "a", "b" })
            {
                if (random.Next(3) > 0)
                {
                    end.Load(0, key, random.Next(1, 3).ToString(), -1);
                }
            }

            Dictionary<int, ModelSession> sessions = Enumerable.Range(0, 3).ToDictionary(client => client, _ => new ModelSession());
            bool expected = EveryOrder.CanExplain(history.Entries, new ServerModel(), sessions, end);

            HistoryVerdict verdict = HistoryChecker.Check(history, new ServerModel(), end);

            Assert.True(expected == verdict.IsLinearizable, $"seed {seed}: {string.Join('\n', history.Entries)}\n{verdict}");
            explained += expected ? 1 : 0;
        }

        Assert.InRange(explained, SmallHistories / 20, SmallHistories * 19 / 20);
    }

    private static History Small(Random random)
    {
        var recorder = new HistoryRecorder();
        var open = new Queue<(string[] Command, HistoryCall Call)>[] { new(), new(), new() };
        for (int i = 0; i < 11; i++)
        {
            int client = random.Next(3);
            if (random.Next(2) == 0 && open.Sum(calls => calls.Count) < 6)
            {
                string[] command = Command(random);
                open[client].Enqueue((command, recorder.Begin(client, command)));
            }
            else if (open[client].TryDequeue(out (string[] Command, HistoryCall Call) next))
            {
                next.Call.Ok(Answer(random, next.Command));
            }
        }

        return recorder.Take();
    }

    private static string[] Command(Random random)
    {
        string key = random.Next(3) == 0 ? "b" : "a";
        string value = random.Next(1, 3).ToString();
        return random.Next(6) switch
        {
            0 => ["SET", key, value],
            1 => ["MSET", "a", value, "b", value],
            2 => ["DEL", key],
            3 => ["INCR", key],
            _ => ["GET", key],
        };
    }

    private static RespValue Answer(Random random, string[] command) => command[0] switch
    {
        "SET" or "MSET" => Parse("+OK\r\n"),
        "DEL" => Parse($":{random.Next(2)}\r\n"),
        "INCR" => Parse($":{random.Next(1, 4)}\r\n"),
        _ => random.Next(3) == 0 ? Parse("$-1\r\n") : Bulk(random.Next(1, 3).ToString()),
    };

    private static RespValue Bulk(string text) => Parse($"${text.Length}\r\n{text}\r\n");

    private static RespValue Parse(string wire)
    {
        Assert.True(RespReplyReader.TryRead(Encoding.ASCII.GetBytes(wire), out RespValue? value, out _));
        return value;
    }
}
