using System.Text;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>Intersection, union and difference of sets of every size and kind, beside those of the library.</summary>
public sealed class SetAlgebraTests
{
    private static readonly int[] Sizes = [0, 1, 5, 60, 400, 3000];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Combined_sets_are_those_of_a_model(int seed, bool integers)
    {
        var random = new Random(seed);
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        for (int round = 0; round < 60; round++)
        {
            client.Run("FLUSHALL");
            int count = random.Next(1, 5);
            HashSet<string>[] sets = [.. Enumerable.Range(0, count).Select(_ => Fill(random, integers))];
            string[] keys = [.. Enumerable.Range(0, count).Select(i => $"set{i}")];
            for (int i = 0; i < count; i++)
            {
                if (sets[i].Count > 0)
                {
                    client.Call(["SADD", keys[i], .. sets[i]]);
                }
            }

            string[] union = [.. sets.SelectMany(s => s).Distinct().Order(StringComparer.Ordinal)];
            string[] common = [.. sets[0].Where(m => sets.All(s => s.Contains(m))).Order(StringComparer.Ordinal)];
            string[] rest = [.. sets[0].Where(m => !sets.Skip(1).Any(s => s.Contains(m))).Order(StringComparer.Ordinal)];
            Assert.Equal(union, Members(client.Call(["SUNION", .. keys])));
            Assert.Equal(common, Members(client.Call(["SINTER", .. keys])));
            Assert.Equal(rest, Members(client.Call(["SDIFF", .. keys])));
            Assert.Equal(common.Length, client.Call(["SINTERCARD", $"{count}", .. keys]).Integer);
            Assert.Equal(Math.Min(common.Length, 3), client.Call(["SINTERCARD", $"{count}", .. keys, "LIMIT", "3"]).Integer);

            Assert.Equal(rest.Length, client.Call(["SDIFFSTORE", "stored", .. keys]).Integer);
            Assert.Equal(rest, Members(client.Run("SMEMBERS stored")));
            Assert.Equal(common.Length, client.Call(["SINTERSTORE", "stored", .. keys]).Integer);
            Assert.Equal(common, Members(client.Run("SMEMBERS stored")));
            Assert.Equal(union.Length, client.Call(["SUNIONSTORE", keys[0], .. keys]).Integer);
            Assert.Equal(union, Members(client.Call("SMEMBERS", keys[0])));
        }
    }

    [Theory]
    [InlineData(30)]
    [InlineData(3000)]
    public async Task Popped_members_are_different_ones_and_no_longer_there(int size)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        string[] members = [.. Enumerable.Range(0, size).Select(i => $"member:{i}")];
        client.Call(["SADD", "s", .. members]);
        var popped = new HashSet<string>();
        foreach (int count in new[] { 1, 3, size / 10, size / 2, size })
        {
            long before = client.Run("SCARD s").Integer;

            string[] taken = Members(client.Call("SPOP", "s", $"{count}"));

            Assert.Equal(Math.Min(count, before), taken.Length);
            Assert.All(taken, member => Assert.True(popped.Add(member)));
            Assert.Equal(before - taken.Length, client.Run("SCARD s").Integer);
        }

        Assert.Equal(members.Order(StringComparer.Ordinal), popped.Order(StringComparer.Ordinal));
        Assert.Equal(0, client.Run("EXISTS s").Integer);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(3000)]
    public async Task Random_members_are_different_ones_with_a_count_and_any_with_a_negative_one(int size)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        string[] members = [.. Enumerable.Range(0, size).Select(i => $"member:{i}")];
        client.Call(["SADD", "s", .. members]);

        foreach (int count in new[] { 1, size / 10, size / 2, size - 1, size, 2 * size })
        {
            string[] chosen = Members(client.Call("SRANDMEMBER", "s", $"{count}"));
            Assert.Equal(Math.Min(count, size), chosen.Distinct().Count());
            Assert.Empty(chosen.Except(members));
        }

        string[] repeated = Members(client.Call("SRANDMEMBER", "s", $"{-20 * size}"));
        Assert.Equal(20 * size, repeated.Length);
        Assert.Equal(members.Order(StringComparer.Ordinal), repeated.Distinct());
        Assert.Equal(RespKind.Error, client.Call("SRANDMEMBER", "s", "-100000000").Kind);
    }

    private static HashSet<string> Fill(Random random, bool integers)
    {
        int size = Sizes[random.Next(Sizes.Length)];
        var members = new HashSet<string>();
        while (members.Count < size)
        {
            int number = random.Next(2 * size);
            members.Add(integers ? $"{number - size}" : $"member:{number}");
        }

        return members;
    }

    private static string[] Members(RespValue reply) => [.. reply.Items.Select(i => Encoding.ASCII.GetString(i.Bytes.Span)).Order(StringComparer.Ordinal)];
}
