using RespKv.TestKit.Model;

namespace RespKv.TestKit.Tests.Model;

/// <summary>What the model does beside answering.</summary>
public sealed class ServerModelTests
{
    private const long NowMillis = 4_000_000_000_000;

    private readonly ServerModel _model = new();
    private readonly ModelSession _session = new();

    [Fact]
    public void A_copy_does_not_see_what_the_original_does_next()
    {
        Run("SET k 1");
        ServerModel copy = _model.Copy();
        Run("SET k 2");
        Run("SELECT 3");
        Run("SET j 3");

        Assert.Equal(["0/k"], copy.Visible(NowMillis).Keys);
        Assert.Equal("1 expires -1", copy.Visible(NowMillis)["0/k"]);
        Assert.Equal(["0/k", "3/j"], _model.Visible(NowMillis).Keys);
    }

    [Fact]
    public void A_key_is_seen_up_to_its_time_and_not_after_it()
    {
        Run($"SET k 1 PXAT {NowMillis + 10}");

        Assert.Equal($"1 expires {NowMillis + 10}", _model.Visible(NowMillis + 10)["0/k"]);
        Assert.Empty(_model.Visible(NowMillis + 11));
    }

    [Theory]
    [InlineData("SET k 2", true, "0/k")]
    [InlineData("SETNX k 2", false, "0/k")]
    [InlineData("MGET k j", false, "0/j 0/k")]
    [InlineData("MSETNX j 1 k 2", false, "0/j 0/k")]
    [InlineData("MOVE k 5", true, "0/k 5/k")]
    [InlineData("COPY k j DB 2", true, "0/k 2/j")]
    [InlineData("RENAME k j", true, "0/j 0/k")]
    [InlineData("GETEX k", false, "0/k")]
    [InlineData("PERSIST k", false, "0/k")]
    [InlineData("FLUSHALL", true, null)]
    [InlineData("FLUSHDB", true, null)]
    [InlineData("SWAPDB 1 2", true, null)]
    [InlineData("DBSIZE", false, null)]
    [InlineData("SELECT 4", false, "")]
    [InlineData("INCRBY k x", false, "")]
    public void A_command_tells_whether_it_changed_something_and_what_it_touched(string command, bool changed, string? touched)
    {
        Run("SET k 1");

        ModelOutcome outcome = Run(command);

        Assert.Equal(changed, outcome.Changed);
        Assert.Equal(touched, outcome.Touched is null ? null : string.Join(' ', outcome.Touched.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_block_touches_what_its_commands_touch_and_what_was_watched()
    {
        Run("WATCH w");
        Run("MULTI");
        Run("GET a");
        Run("SET b 1");

        ModelOutcome outcome = Run("EXEC");

        Assert.True(outcome.Changed);
        Assert.Equal(["0/a", "0/b", "0/w"], outcome.Touched!.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_command_that_it_does_not_know_is_not_guessed_at() => Assert.Throws<NotSupportedException>(() => Run("BLPOP k 1"));

    [Fact]
    public void The_fingerprint_goes_by_what_is_visible_and_by_nothing_else()
    {
        var maker = new CommandMaker(new Random(3), new CommandMakerOptions { NowMillis = () => NowMillis });
        for (int i = 0; i < 2000; i++)
        {
            _model.Execute(_session, maker.Next(), NowMillis);
            Assert.Equal(Rebuilt().Fingerprint(NowMillis), _model.Fingerprint(NowMillis));
        }
    }

    [Fact]
    public void The_same_seed_makes_the_same_commands()
    {
        CommandMakerOptions options = new() { Transactions = true, NowMillis = () => NowMillis };
        var one = new CommandMaker(new Random(4), options);
        var other = new CommandMaker(new Random(4), options);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(one.Next(), other.Next()));
    }

    [Fact]
    public void Every_command_that_the_model_knows_is_made()
    {
        var maker = new CommandMaker(new Random(5), new CommandMakerOptions { Transactions = true, Collections = true });
        HashSet<string> made = [.. Enumerable.Range(0, 20_000).Select(_ => maker.Next()[0])];

        Assert.Equal(["TIME"], ServerModel.Commands.Except(made));
    }

    private ModelOutcome Run(string line) => _model.Execute(_session, line.Split(' '), NowMillis);

    private ServerModel Rebuilt()
    {
        var rebuilt = new ServerModel();
        foreach ((string name, string shown) in _model.Visible(NowMillis))
        {
            int slash = name.IndexOf('/', StringComparison.Ordinal);
            int expires = shown.LastIndexOf(" expires ", StringComparison.Ordinal);
            rebuilt.Load(int.Parse(name[..slash]), name[(slash + 1)..], shown[..expires], long.Parse(shown[(expires + 9)..]));
        }

        return rebuilt;
    }
}
