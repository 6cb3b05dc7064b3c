using RespKv.Storage.Files;

namespace RespKv.Storage.Tables;

/// <summary>
/// Writes a file front to back and syncs it slice by slice, so that neither a large sync of its own nor the kernel's
/// write-back of it stands before a sync of the log. After a failure nothing more is written (D3: a sync that is repeated
/// proves nothing); the file is then good for nothing.
/// </summary>
internal sealed class TableOutput : IDisposable
{
    private readonly IFile _file;
    private readonly IWritePacer? _pacer;
    private readonly int _sliceBytes;
    private int _unsyncedBytes;
    private bool _isBroken;

    internal TableOutput(IFile file, int sliceBytes, IWritePacer? pacer)
    {
        _file = file;
        _sliceBytes = sliceBytes;
        _pacer = pacer;
    }

    /// <summary>Bytes written so far: where the next ones go.</summary>
    internal long Position { get; private set; }

    internal void Write(ReadOnlySpan<byte> data)
    {
        Begin();
        while (!data.IsEmpty)
        {
            ReadOnlySpan<byte> part = data[..Math.Min(data.Length, _sliceBytes - _unsyncedBytes)];
            _file.Write(part, Position);
            Position += part.Length;
            _unsyncedBytes += part.Length;
            data = data[part.Length..];
            if (_unsyncedBytes == _sliceBytes)
            {
                EndSlice();
            }
        }

        _isBroken = false;
    }

    /// <summary>Syncs what is left. The file is durable then, its name is not (D4).</summary>
    internal void Finish()
    {
        Begin();
        if (_unsyncedBytes > 0)
        {
            EndSlice();
        }

        _isBroken = false;
    }

    public void Dispose() => _file.Dispose();

    // Broken until the end of the call is reached.
    private void Begin()
    {
        if (_isBroken)
        {
            throw new InvalidOperationException($"{_file.Path}: a write or a sync has failed before");
        }

        _isBroken = true;
    }

    private void EndSlice()
    {
        _file.SyncData();
        int bytes = _unsyncedBytes;
        _unsyncedBytes = 0;
        _pacer?.Wrote(bytes);
    }
}
