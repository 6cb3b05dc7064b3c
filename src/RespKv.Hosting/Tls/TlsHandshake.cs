using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace RespKv.Hosting.Tls;

/// <summary>
/// The encrypted side of a connection. As long as the handshake lasts, what follows a read runs on the thread pool; behind it, inline on the
/// event loop.
/// </summary>
internal sealed class TlsHandshake(IDuplexPipe transport) : PipeReader, IDuplexPipe
{
    private readonly PipeReader _input = transport.Input;
    private int _isOver;

    PipeReader IDuplexPipe.Input => this;

    PipeWriter IDuplexPipe.Output => transport.Output;

    /// <summary>False: it was over.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _isOver, 1) == 0;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read = _input.ReadAsync(CancellationToken.None);
        return read.IsCompleted ? read : WaitAsync(read, cancellationToken);
    }

    public override bool TryRead(out ReadResult result) => _input.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => _input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _input.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _input.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read, CancellationToken cancel)
    {
        ReadResult result;

        // The transport's reads know no tokens, and TLS is cancelled by nothing else.
        await using (cancel.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), _input).ConfigureAwait(false))
        {
            result = await read.ConfigureAwait(false);
        }

        if (Volatile.Read(ref _isOver) == 0)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        if (result.IsCanceled)
        {
            AdvanceTo(result.Buffer.Start);
            cancel.ThrowIfCancellationRequested();
        }

        return result;
    }
}
