using System.Runtime.CompilerServices;

namespace RespKv.Engine.KeyOrder;

/// <summary>
/// Notes the keys that come into being while somebody walks the keys in order: what the tables and the log up to some point
/// cannot know. Off, it costs a write one predictable branch. Guarded by the turn.
/// </summary>
/// <remarks>
/// The notes are a chain of chunks. Nobody frees them: a walk holds the chunk where its notes begin, the capture holds the last one, and
/// what lies before every walk's beginning is garbage.
/// </remarks>
internal sealed class KeyCapture
{
    /// <summary>
    /// Notes of one generation. Beyond it the chain is cut and walks that began before have to begin again, so that a walk that is held up (a
    /// disk that does not answer) cannot fill memory. At a million new keys a second it is a quarter of a second's worth.
    /// </summary>
    public const int GenerationBytesMax = 8 * 1024 * 1024;

    private CaptureChunk? _last;
    private long _generation;
    private long _generationBytes;
    private long _generationKeys;

    public bool IsOn => _last is not null;

    public void TurnOn()
    {
        if (_last is null)
        {
            BeginGeneration();
        }
    }

    public void TurnOff() => _last = null;

    /// <summary>What is noted from now on can be read behind the result. The capture is on.</summary>
    public CaptureMark Mark()
    {
        CaptureChunk chunk = _last ?? throw new InvalidOperationException("keys are not captured");
        return new CaptureMark(chunk, chunk.Used, _generation, _generationKeys);
    }

    /// <summary>Whether everything since the mark was noted: no interruption, and no database was cleared or swapped.</summary>
    public bool IsUnbroken(in CaptureMark mark) => IsOn && mark.Generation == _generation;

    /// <summary>Keys that were noted since an unbroken mark, double ones included.</summary>
    public long CountSince(in CaptureMark mark) => _generationKeys - mark.Keys;

    /// <summary>A key that is not there is about to be created. The capture is on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Note(int database, ReadOnlySpan<byte> key)
    {
        if (_generationBytes + key.Length > GenerationBytesMax && _generationKeys > 0)
        {
            BeginGeneration();
        }

        int bytes = CaptureChunk.BytesOf(key.Length);
        if (!_last!.HasRoom(bytes))
        {
            var next = new CaptureChunk(bytes);
            _last.Next = next;
            _last = next;
        }

        _last.Add(database, key);
        _generationBytes += bytes;
        _generationKeys++;
    }

    /// <summary>Databases were cleared or swapped: what was noted may be under another number now.</summary>
    public void NoteStructural()
    {
        if (IsOn)
        {
            BeginGeneration();
        }
    }

    private void BeginGeneration()
    {
        _last = new CaptureChunk(0);
        _generation++;
        _generationBytes = 0;
        _generationKeys = 0;
    }
}

/// <summary>A place in the notes of a <see cref="KeyCapture"/>.</summary>
internal readonly record struct CaptureMark(CaptureChunk Chunk, int Offset, long Generation, long Keys);
