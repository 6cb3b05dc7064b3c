using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RespKv.Http.Api;

namespace RespKv.Http.Clients;

/// <summary>The body of a request, whole. Disposing gives its share of <see cref="BodyBudget"/> back.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>The buffer that a body begins with: who says that much will come need not send it.</summary>
    private const int FirstBytes = 16 * 1024;

    private readonly BodyBudget _budget;
    private byte[] _buffer = [];
    private int _length;

    private RequestBody(BodyBudget budget) => _budget = budget;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <exception cref="ProblemException">There is no memory for it now.</exception>
    /// <exception cref="BadHttpRequestException">It is larger than <paramref name="bytesMax"/>, comes too slowly, or is malformed.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext http, BodyBudget budget, long bytesMax, CancellationToken cancel)
    {
        if (http.Request.ContentLength > bytesMax)
        {
            throw TooLarge(bytesMax);
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = bytesMax;
        }

        var body = new RequestBody(budget);
        try
        {
            await body.FillAsync(http.Request, bytesMax, cancel).ConfigureAwait(false);
            return body;
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // Chunks whose size no number can hold come out of the framework this way; or the client went away.
            body.Dispose();
            throw ProblemException.BadRequest($"the body cannot be read: {e.Message}");
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _budget.Give(_buffer.Length);
        _buffer = [];
        _length = 0;
    }

    private static ProblemException TooLarge(long bytesMax) => new(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {bytesMax} bytes");

    private async Task FillAsync(HttpRequest request, long bytesMax, CancellationToken cancel)
    {
        PipeReader reader = request.BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancel).ConfigureAwait(false);
            long needed = _length + read.Buffer.Length;
            if (needed > bytesMax)
            {
                throw TooLarge(bytesMax);
            }

            Reserve(needed, request.ContentLength ?? bytesMax);
            read.Buffer.CopyTo(_buffer.AsSpan(_length));
            _length = (int)needed;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private void Reserve(long needed, long expected)
    {
        if (needed <= _buffer.Length)
        {
            return;
        }

        long size = Math.Max(needed, Math.Min(Math.Max(FirstBytes, _buffer.Length * 2L), expected));
        if (!_budget.TryTake(size - _buffer.Length))
        {
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "too many large bodies are on their way; nothing was executed", "BUSY") { RetryAfterSeconds = 1 };
        }

        byte[] grown = new byte[size];
        Bytes.CopyTo(grown);
        _buffer = grown;
    }
}
