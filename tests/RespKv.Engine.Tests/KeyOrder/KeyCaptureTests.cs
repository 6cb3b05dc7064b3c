using RespKv.Engine.KeyOrder;

namespace RespKv.Engine.Tests.KeyOrder;

public sealed class KeyCaptureTests
{
    [Fact]
    public void What_was_noted_behind_a_mark_is_read_from_it()
    {
        var capture = new KeyCapture();
        capture.TurnOn();
        capture.Note(0, "before"u8);
        CaptureMark mark = capture.Mark();
        capture.Note(3, ""u8);
        capture.Note(0, "b"u8);
        Assert.True(capture.IsUnbroken(mark));
        Assert.Equal(2, capture.CountSince(mark));
        Assert.Equal(["3:", "0:b"], Read(mark));
        Assert.Empty(Read(capture.Mark()));
    }

    [Fact]
    public void Notes_go_on_over_many_chunks_and_keys_larger_than_one()
    {
        var capture = new KeyCapture();
        capture.TurnOn();
        CaptureMark mark = capture.Mark();
        string[] keys = [.. Enumerable.Range(0, 20_000).Select(i => i == 777 ? new string('x', 200_000) : $"key:{i}")];
        foreach (string key in keys)
        {
            capture.Note(1, OrderedModel.Bytes(key));
        }

        Assert.Equal(keys.Select(k => "1:" + k), Read(mark));
    }

    [Fact]
    public void Too_many_notes_break_marks_from_before()
    {
        var capture = new KeyCapture();
        capture.TurnOn();
        CaptureMark mark = capture.Mark();
        byte[] key = new byte[KeyCapture.GenerationBytesMax / 2];
        capture.Note(0, key);
        Assert.True(capture.IsUnbroken(mark));
        capture.Note(0, key);
        Assert.False(capture.IsUnbroken(mark));
        Assert.True(capture.IsUnbroken(capture.Mark()));
    }

    [Fact]
    public void A_structural_change_breaks_marks_from_before()
    {
        var capture = new KeyCapture();
        capture.NoteStructural();
        Assert.False(capture.IsOn);
        capture.TurnOn();
        CaptureMark mark = capture.Mark();
        capture.NoteStructural();
        Assert.False(capture.IsUnbroken(mark));
    }

    [Fact]
    public void An_interruption_breaks_marks_from_before()
    {
        var capture = new KeyCapture();
        capture.TurnOn();
        CaptureMark mark = capture.Mark();
        capture.TurnOff();
        Assert.False(capture.IsOn);
        Assert.False(capture.IsUnbroken(mark));
        capture.TurnOn();
        Assert.False(capture.IsUnbroken(mark));
        Assert.True(capture.IsUnbroken(capture.Mark()));
    }

    private static List<string> Read(CaptureMark mark)
    {
        var keys = new List<string>();
        int offset = mark.Offset;
        for (CaptureChunk? chunk = mark.Chunk; chunk is not null; chunk = chunk.Next)
        {
            while (chunk.Read(ref offset, out int database, out ReadOnlySpan<byte> key))
            {
                keys.Add($"{database}:{OrderedModel.Text(key)}");
            }

            offset = 0;
        }

        return keys;
    }
}
