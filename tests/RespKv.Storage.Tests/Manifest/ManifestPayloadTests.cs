using RespKv.Storage.Manifest;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;

namespace RespKv.Storage.Tests.Manifest;

public sealed class ManifestPayloadTests
{
    public static TheoryData<string> BadPayloads => new()
    {
        // Unknown field, field twice, fields out of order.
        "08", "00", "0201" + "0202", "0302" + "0201",

        // Ends early: log id, number, bytes.
        "0111223344", "02", "0280", "0701000101010a05" + "0400000001",

        // A padded number, one that is negative as a long, a space and a database that are too large.
        "028000", "02FFFFFFFFFFFFFFFFFF01", "048080808010", "0501" + "8080808008" + "01",

        // Spaces: more than there are, one database twice.
        "05020001", "05020001" + "0002",
    };

    [Fact]
    public void Edit_with_every_field_comes_back_as_it_was()
    {
        var edit = new ManifestEdit
        {
            LogId = ulong.MaxValue,
            CheckpointLsn = long.MaxValue,
            NextFileNumber = 9_999_999_999,
            NextSpace = uint.MaxValue,
            Spaces = new Dictionary<int, uint> { [15] = 3, [0] = uint.MaxValue - 1, [int.MaxValue] = 9 },
            Added = [new TableInfo(9, 7, long.MaxValue, 1, long.MaxValue, long.MaxValue, long.MaxValue, new byte[70_000], [255, 255, 255, 255, 0]), Table(3, 1, 2)],
            Deleted = [5, 2],
        };

        ManifestEdit decoded = Decode(ManifestPayload.Encode(edit));

        Assert.Equal(
            (edit.LogId, edit.CheckpointLsn, edit.NextFileNumber, edit.NextSpace),
            (decoded.LogId, decoded.CheckpointLsn, decoded.NextFileNumber, decoded.NextSpace));
        Assert.Equal(edit.Spaces.OrderBy(pair => pair.Key), decoded.Spaces!.OrderBy(pair => pair.Key));
        Assert.Equal([2, 5], decoded.Deleted);
        Assert.Equal([Describe(edit.Added[1]), Describe(edit.Added[0])], decoded.Added.Select(Describe));
    }

    [Fact]
    public void Empty_edit_has_no_bytes_and_comes_back_empty()
    {
        byte[] payload = ManifestPayload.Encode(new ManifestEdit());

        ManifestEdit decoded = Decode(payload);

        Assert.Empty(payload);
        Assert.Equal((null, null, null, null), (decoded.LogId, decoded.CheckpointLsn, decoded.NextFileNumber, decoded.NextSpace));
        Assert.Null(decoded.Spaces);
        Assert.Empty(decoded.Added);
        Assert.Empty(decoded.Deleted);
    }

    [Fact]
    public void Empty_map_of_spaces_is_not_the_same_as_none()
    {
        ManifestEdit decoded = Decode(ManifestPayload.Encode(new ManifestEdit { Spaces = new Dictionary<int, uint>() }));

        Assert.NotNull(decoded.Spaces);
        Assert.Empty(decoded.Spaces);
    }

    [Theory]
    [MemberData(nameof(BadPayloads))]
    public void Bytes_that_are_no_edit_are_refused(string hex)
    {
        Assert.False(ManifestPayloadReader.TryDecode(Convert.FromHexString(hex), out _, out string problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Payload_cut_anywhere_is_refused_or_ends_before_a_field()
    {
        byte[] payload = ManifestPayload.Encode(Checkpoint(1));
        int whole = 0;
        for (int length = 0; length < payload.Length; length++)
        {
            whole += ManifestPayloadReader.TryDecode(payload.AsSpan(0, length), out _, out _) ? 1 : 0;
        }

        // Before the first field and behind each of log id, checkpoint, spaces.
        Assert.Equal(4, whole);
    }

    private static ManifestEdit Decode(byte[] payload)
    {
        Assert.True(ManifestPayloadReader.TryDecode(payload, out ManifestEdit edit, out string problem), problem);
        return edit;
    }
}
