using RespKv.Protocol;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Checkpoints;

/// <summary>
/// The whole engine with checkpoints and compactions all the time, crashed and failed at any file-system call: what was
/// acknowledged is there, what was not is there whole or not at all, and the directory holds nothing that nobody names.
/// </summary>
public sealed class CheckpointCrashTests
{
    private static readonly (string, string)[] Busy = [("wal-segment-size", "64kb"), ("checkpoint-log-bytes", "1"), ("hz", "500")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Acknowledged_commands_survive_power_cuts_with_checkpoints_all_the_time(int seed)
    {
        var random = new Random(seed);
        var files = new SimulatedFileSystem();
        var model = new CommandModel(random);
        for (int life = 0; life < 12; life++)
        {
            EngineHost host = await EngineHost.OpenAsync(files, settings: Busy);
            using (TestClient client = host.Connect())
            {
                Assert.Equal(model.Expected(), EngineFacts.Dump(client, CommandModel.Databases));
                model.Connect();
                Run(client, model, random.Next(1, 60), random.Next(4));
            }

            int crashSeed = random.Next();
            SimulatedFileSystem next = random.Next(3) == 0 ? files.Kill() : files.Crash(crashSeed);
            await host.DisposeAsync();
            files = next;
        }
    }

    [Fact]
    public async Task A_call_that_fails_for_good_loses_nothing_that_was_acknowledged()
    {
        // A step that has no common divisor with the rhythm of the calls, so that all kinds are met.
        for (int call = 1; call < 400; call += 7)
        {
            var files = new SimulatedFileSystem();
            var random = new Random(call);
            var model = new CommandModel(random);
            EngineHost host = await EngineHost.OpenAsync(files, settings: Busy);
            using (TestClient client = host.Connect())
            {
                files.FailFrom(FileOperation.Any, call, Errno.EIO);
                try
                {
                    Run(client, model, 40, saveEvery: 4);
                }
                catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException)
                {
                    // The log failed: the engine has stopped in the middle of a command (D3).
                }
            }

            SimulatedFileSystem crashed = files.Crash(call);
            files.ClearFaults();
            await host.DisposeAsync();
            await using EngineHost recovered = await EngineHost.OpenAsync(crashed);
            using TestClient reader = recovered.Connect();
            SortedDictionary<string, string> found = EngineFacts.Dump(reader, CommandModel.Databases);
            Assert.True(model.Matches(found), $"call {call}: expected {string.Join(", ", model.Expected())}; found {string.Join(", ", found)}");
        }
    }

    private static void Run(TestClient client, CommandModel model, int commands, int saveEvery)
    {
        for (int i = 0; i < commands; i++)
        {
            string[] command = model.Next();
            model.Begin(command);
            RespValue reply = client.Call(command);
            model.End(reply);
            if (saveEvery > 0 && i % saveEvery == 0)
            {
                client.Call("BGSAVE", "SCHEDULE");
            }
        }
    }
}
