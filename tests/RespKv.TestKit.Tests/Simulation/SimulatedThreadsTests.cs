using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Storage.Threading;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Simulation;

namespace RespKv.TestKit.Tests.Simulation;

/// <summary>One thread at a time, in an order that the seed decides.</summary>
public sealed class SimulatedThreadsTests
{
    [Fact]
    public void Same_seed_gives_the_same_interleaving_and_others_give_others()
    {
        string[] orders = [.. Enumerable.Range(1, 20).Select(Interleave)];
        Assert.Equal(orders, Enumerable.Range(1, 20).Select(Interleave));
        Assert.True(orders.Distinct().Count() > 10);
    }

    [Fact]
    public void Engine_with_its_threads_does_the_same_calls_in_the_same_order()
    {
        List<string> calls = EngineRun(seed: 7);
        Assert.Contains(calls, call => call.StartsWith("SyncData /data/wal-", StringComparison.Ordinal));
        Assert.Contains(calls, call => call.StartsWith("Write /data/table-", StringComparison.Ordinal));
        Assert.Equal(calls, EngineRun(seed: 7));
        Assert.NotEqual(calls, EngineRun(seed: 8));
    }

    [Fact]
    public void Threads_that_wait_for_each_other_are_a_failure_and_no_hang()
    {
        SimulatedThreads threads = NewThreads(1);
        object gate = new();
        var failure = Assert.Throws<InvalidOperationException>(() => threads.Run(() =>
        {
            lock (gate)
            {
                threads.Wait(gate);
            }
        }));
        Assert.Contains("deadlock", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Timed_wait_ends_at_its_time_when_nobody_pulses()
    {
        SimulatedThreads threads = NewThreads(1);
        object gate = new();
        bool pulsed = true;
        threads.Run(() =>
        {
            lock (gate)
            {
                pulsed = threads.Wait(gate, 250);
            }
        });
        Assert.False(pulsed);
        Assert.InRange(threads.Clock.NowMillis, 1250, 1260);
    }

    [Fact]
    public void End_stops_every_thread_where_it_is()
    {
        SimulatedThreads threads = NewThreads(1);
        int steps = 0;
        threads.Run(() =>
        {
            threads.Start("endless", () =>
            {
                while (true)
                {
                    threads.Switch("step");
                    steps++;
                }
            });
            threads.Sleep(500);
        });
        int seen = steps;
        Assert.True(seen > 0);
        Assert.True(threads.HasEnded);
        Assert.Equal(seen, steps);
    }

    [Fact]
    public void Lock_that_is_held_across_a_switch_keeps_others_out()
    {
        SimulatedThreads threads = NewThreads(3);
        object gate = new();
        int inside = 0;
        int mostInside = 0;
        threads.Run(() =>
        {
            IThread[] others = [.. Enumerable.Range(0, 4).Select(_ => threads.Start("other", Enter))];
            Array.ForEach(others, static other => other.Join());
        });
        Assert.Equal(1, mostInside);

        void Enter()
        {
            for (int i = 0; i < 50; i++)
            {
                threads.Enter(gate);
                mostInside = Math.Max(mostInside, ++inside);
                threads.Switch("inside");
                inside--;
                threads.Exit(gate);
            }
        }
    }

    private static SimulatedThreads NewThreads(int seed) => new(seed, new SimulatedClock(1000));

    private static string Interleave(int seed)
    {
        SimulatedThreads threads = NewThreads(seed);
        var order = new List<char>();
        threads.Run(() =>
        {
            IThread[] others =
            [
                .. "abc".Select(name => threads.Start($"{name}", () =>
                {
                    for (int i = 0; i < 8; i++)
                    {
                        order.Add(name);
                        threads.Switch("step");
                    }
                })),
            ];
            Array.ForEach(others, static other => other.Join());
        });
        return string.Concat(order);
    }

    private static List<string> EngineRun(int seed)
    {
        var calls = new List<string>();
        SimulatedThreads threads = NewThreads(seed);
        var files = new SimulatedFileSystem();
        files.Calling = (operation, path) =>
        {
            calls.Add($"{operation} {path}");
            threads.Switch(path);
        };
        threads.Run(() =>
        {
            ServerConfig config = ServerConfig.With(("dir", "/data"), ("wal-segment-size", "64kb"), ("checkpoint-log-bytes", "1"), ("hz", "500"));
            var engine = new RespEngine(config, files, threads.Clock, new ListLog(), threads);
            threads.Await(engine.OpenAsync(CancellationToken.None));
            var client = new TestClient(engine);
            for (int i = 0; i < 40; i++)
            {
                client.Send("SET", "k", new string('v', 2000));
                threads.Sleep(500);
            }

            threads.Await(engine.StopAsync());
        });
        return calls;
    }
}
