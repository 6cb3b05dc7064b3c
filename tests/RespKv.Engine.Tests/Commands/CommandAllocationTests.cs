using RespKv.TestKit.Measuring;

namespace RespKv.Engine.Tests.Commands;

/// <summary>Whole commands, from a client's bytes to its reply. For what handlers alone allocate see <see cref="StringAllocationTests"/>.</summary>
public sealed class CommandAllocationTests
{
    [Theory]
    [MemberData(nameof(HotCommands))]
    public async Task A_hot_command_allocates_nothing_on_its_clients_thread(string command, int perTurn)
        => Assert.InRange(await CommandAllocations.MeasureAsync(command, perTurn), 0, CommandAllocations.BytesMax);

    [Fact]
    public async Task A_command_that_makes_objects_is_seen()
        => Assert.InRange(await CommandAllocations.MeasureAsync("CLIENT INFO", perTurn: 1), CommandAllocations.BytesMax + 1, long.MaxValue);

    public static TheoryData<string, int> HotCommands()
    {
        var data = new TheoryData<string, int>();
        foreach (string command in CommandAllocations.Hot)
        {
            data.Add(command, 1);
            data.Add(command, 16);
        }

        return data;
    }
}
