using System.Text;
using RespKv.Engine.Commands;
using RespKv.Protocol;

namespace RespKv.Engine.Tests.Commands;

/// <summary>Where the keys of a request are, by the specifications of Redis's own commands.</summary>
public sealed class KeySpecTests
{
    private const string ZUnionStore = "1,1,1 OW update; keynum:2 RO access";
    private const string GeoRadius = "1,1,1 RO access; keyword:STORE,6 OW update; keyword:STOREDIST,6 OW update";
    private const string XRead = "keyword:STREAMS,1,-1,1,2 RO access";
    private const string Sort = "1,1,1 RO access; unknown RO access (For BY and GET); unknown OW update";
    private const string Migrate = "3,3,1 RW access delete; keyword:KEYS,-2,-1,1,0 RW access delete incomplete";

    [Theory]
    [InlineData("get", "1,1,1 RO access", "get a", "a:RO,access")]
    [InlineData("mset", "1,-1,2 OW update", "mset a 1 b 2", "a:OW,update b:OW,update")]
    [InlineData("zunionstore", ZUnionStore, "zunionstore d 2 a b weights 1 2", "d:OW,update a:RO,access b:RO,access")]
    [InlineData("zunionstore", ZUnionStore, "zunionstore d 3 a b", "")]
    [InlineData("zunionstore", ZUnionStore, "zunionstore d 0 a b", "")]
    [InlineData("zunionstore", ZUnionStore, "zunionstore d x a b", "")]
    [InlineData("zunionstore", ZUnionStore, "zunionstore d", "")]
    [InlineData("georadius", GeoRadius, "georadius k 1 2 3 m store s", "k:RO,access s:OW,update")]
    [InlineData("georadius", GeoRadius, "georadius k 1 2 3 m withdist", "k:RO,access")]
    [InlineData("georadius", GeoRadius, "georadius k 1 2 3 m storeDist d", "k:RO,access d:OW,update")]
    [InlineData("xread", XRead, "xread count 2 streams a b 0 0", "a:RO,access b:RO,access")]
    [InlineData("xread", XRead, "xread count 2", "")]
    [InlineData("sort", Sort, "sort k by w_* limit 0 1 get store store d", "k:RO,access d:OW,update")]
    [InlineData("sort", Sort, "sort k store a store b", "k:RO,access b:OW,update")]
    [InlineData("sort", Sort, "sort k store", "k:RO,access")]
    [InlineData("sort_ro", "1,1,1 RO access; unknown RO access", "sort_ro k by x", "k:RO,access")]
    [InlineData("migrate", Migrate, "migrate h 1 k 0 100", "k:RW,access,delete")]
    [InlineData("migrate", Migrate, "migrate h 1 '' 0 100 auth keys keys a b", "a:RW,access,delete b:RW,access,delete")]
    [InlineData("migrate", Migrate, "migrate h 1 k 0 100 keys a", "")]
    [InlineData("set", "1,1,1 RW access update variable_flags", "set k v nx", "k:OW,update")]
    [InlineData("set", "1,1,1 RW access update variable_flags", "set k v GET", "k:RW,access,update")]
    [InlineData("bitfield", "1,1,1 RW access update variable_flags", "bitfield k get u8 0 overflow wrap get u8 1", "k:RO,access")]
    [InlineData("bitfield", "1,1,1 RW access update variable_flags", "bitfield k get u8 0 set u8 0 1", "k:RW,access,update")]
    [InlineData("bitfield", "1,1,1 RW access update variable_flags", "bitfield k get u8", "k:RW,access,update")]
    [InlineData("spublish", "1,1,1 not_key", "spublish c m", "")]
    public void Keys_of_a_request(string name, string keys, string request, string expected)
    {
        CommandEntry entry = Entry(name, keys);
        var batch = new RequestBatch();
        byte[] bytes = Encoding.ASCII.GetBytes(request + "\r\n");
        new RequestParser().Parse(bytes, ParserLimits.Default, 1, batch, out _);
        var found = new List<FoundKey>();

        bool hasKeys = CommandKeys.TryFind(entry, batch.Get(0, bytes), found);

        var shown = new List<string>();
        foreach (FoundKey key in found)
        {
            shown.Add($"{Encoding.ASCII.GetString(batch.Get(0, bytes)[key.Position])}:{string.Join(',', key.Flags)}");
        }

        Assert.Equal(expected, string.Join(' ', shown));
        Assert.Equal(expected.Length > 0, hasKeys);
    }

    [Theory]
    [InlineData("", 0, 0, 0, false)]
    [InlineData("1,-1,2 OW update", 1, -1, 2, false)]
    [InlineData("1,1,1 RW access delete; 2,2,1 OW update", 1, 2, 1, false)]
    [InlineData(ZUnionStore, 1, 1, 1, true)]
    [InlineData("keynum:1 RO access", 0, 0, 0, true)]
    [InlineData(XRead, 0, 0, 0, true)]
    [InlineData(Migrate, 3, 3, 1, true)]
    [InlineData("1,1,1 RO; 3,3,1 RO", 1, 1, 1, true)]
    public void Old_range_tells_what_it_can_and_movable_keys_the_rest(string keys, int first, int last, int step, bool isMovable)
    {
        CommandEntry entry = Entry("test", keys);

        Assert.Equal((first, last, step), (entry.LegacyKeys.First, entry.LegacyKeys.Last, entry.LegacyKeys.Step));
        Assert.Equal(isMovable, entry.Has(CommandFlags.MovableKeys));
    }

    [Fact]
    public void Note_stands_behind_the_flags()
    {
        KeySpec spec = Assert.Single(KeySpec.ParseAll("1,1,1 RW access (it's `one`)"));

        Assert.Equal("it's `one`", spec.Notes);
        Assert.Equal(["RW", "access"], spec.Flags);
    }

    [Theory]
    [InlineData("1,1 RO")]
    [InlineData("keyword:STORE RO")]
    [InlineData("counted:1 RO")]
    [InlineData("keynum:x RO")]
    public void Malformed_declaration_is_refused(string keys) => Assert.ThrowsAny<FormatException>(() => KeySpec.ParseAll(keys));

    private static CommandEntry Entry(string name, string keys)
        => new(new CommandAttribute(name, -2, CommandFlags.None) { Keys = keys }, null, null);
}
