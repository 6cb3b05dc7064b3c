using RespKv.Engine.Commands;
using RespKv.Storage.Mutations;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Crashes;

/// <summary>
/// Every command that declares that it writes, over a crash: a scenario of testdata/crashes each. What it did and told is there after a
/// power cut, and what it has not told yet is there whole or not at all; from the log, from tables, and from patches over tables.
/// </summary>
public sealed class CrashScenarioTests
{
    private static readonly CommandTable Commands = BuiltInCommands.Create();

    public static TheoryData<string, string> Scenarios()
    {
        var data = new TheoryData<string, string>();
        foreach (CrashScenario scenario in CrashScenario.All)
        {
            data.Add(scenario.File, scenario.Title);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Change_survives_every_crash_or_was_never_there(string file, string title)
        => await new CrashScenarioRun(CrashScenario.All.Single(scenario => scenario.File == file && scenario.Title == title)).RunAsync();

    [Fact]
    public void Every_command_that_writes_has_a_scenario()
    {
        HashSet<string> covered = [.. CrashScenario.All.Select(scenario => scenario.Command)];
        IEnumerable<string> missing = from command in Commands.AllWithSubcommands()
                                      where command.Has(CommandFlags.Write) && command.Write is not null && !covered.Contains(command.Name)
                                      orderby command.Name
                                      select $"{command.Name}: add a scenario '== {command.Name}' to tests/RespKv.Engine.Tests/testdata/crashes/{command.Declaration.Group}.txt";
        string[] lines = [.. missing];

        Assert.True(lines.Length == 0, $"no crash scenario covers\n{string.Join('\n', lines)}");
    }

    [Fact]
    public void Every_scenario_changes_something_by_the_command_that_it_names()
    {
        foreach (CrashScenario scenario in CrashScenario.All)
        {
            Assert.NotNull(Find(scenario.Command));
            Assert.Contains(scenario.Steps, step => step.Kind == CrashStepKind.Tested);
            Assert.Contains(scenario.Steps, step => step.Kind != CrashStepKind.Setup && step.Words[0].Equals(scenario.Command, StringComparison.OrdinalIgnoreCase));
        }

        Assert.Equal(CrashScenario.All.Count, CrashScenario.All.Select(scenario => (scenario.File, scenario.Title)).Distinct().Count());
    }

    [Fact]
    public async Task Scenarios_make_mutations_of_every_kind()
    {
        var found = new HashSet<MutationKind>();
        foreach (CrashScenario scenario in CrashScenario.All)
        {
            found.UnionWith(await new CrashScenarioRun(scenario).KindsAsync());
        }

        Assert.Equal(Enum.GetValues<MutationKind>(), found.Order());
    }

    [Fact]
    public async Task Run_that_lost_something_would_be_seen()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        client.Run("SET k v");
        string before = KeyspaceText.Lines(host.Engine);
        client.Run("APPEND k w");

        Assert.Equal("0/k string v expires -1", before);
        Assert.Equal("0/k string vw expires -1", KeyspaceText.Lines(host.Engine));
    }

    private static CommandEntry? Find(string name) => Commands.AllWithSubcommands().FirstOrDefault(command => command.Name == name);
}
