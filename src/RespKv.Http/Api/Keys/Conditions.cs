using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace RespKv.Http.Api.Keys;

/// <summary>What a request asks of the version that is there (RFC 9110, section 13). A version that is null stands for no key.</summary>
internal sealed class Conditions
{
    public static readonly Conditions None = new();

    private string[]? _match;
    private string[]? _noneMatch;

    /// <summary>The key has to be there.</summary>
    public bool MustExist { get; private init; }

    /// <summary>The key must not be there.</summary>
    public bool MustNotExist { get; private init; }

    /// <summary>Versions are asked for, so the value has to be read.</summary>
    public bool NeedsVersion => _match is not null || _noneMatch is not null;

    public bool IsEmpty => !MustExist && !MustNotExist && !NeedsVersion;

    /// <summary>If-Match and If-None-Match, and nx and xx, which are the same as <c>*</c> in them.</summary>
    /// <exception cref="ProblemException">They are malformed.</exception>
    public static Conditions Parse(StringValues ifMatch, StringValues ifNoneMatch, bool mustExist, bool mustNotExist)
    {
        if (mustExist && mustNotExist)
        {
            throw ProblemException.BadRequest("nx and xx contradict each other");
        }

        string[]? match = Tags(ifMatch, "If-Match", takesWeak: false, out bool any);
        string[]? noneMatch = Tags(ifNoneMatch, "If-None-Match", takesWeak: true, out bool none);
        return new Conditions { MustExist = mustExist || any, MustNotExist = mustNotExist || none, _match = match, _noneMatch = noneMatch };
    }

    /// <summary>If-Match: what it asks for is there. Comes before <see cref="NoneMatches"/>.</summary>
    public bool Matches(string? version) => (!MustExist || version is not null) && (_match is null || (version is not null && _match.Contains(version)));

    /// <summary>If-None-Match: nothing of what it names is there.</summary>
    public bool NoneMatches(string? version) => version is null || (!MustNotExist && _noneMatch?.Contains(version) != true);

    /// <exception cref="ProblemException">412.</exception>
    public void Require(string? version, int? index = null)
    {
        if (!Matches(version) || !NoneMatches(version))
        {
            throw Failed(version is null ? "the key is not there" : NeedsVersion ? $"the key has the version \"{version}\"" : "the key is there", index);
        }
    }

    public static ProblemException Failed(string detail, int? index = null)
        => new(StatusCodes.Status412PreconditionFailed, $"{detail}; nothing was written", "PRECONDITION") { Index = index };

    /// <summary>A weak version never matches in If-Match (section 8.8.3.2); in If-None-Match it does.</summary>
    private static string[]? Tags(StringValues header, string name, bool takesWeak, out bool any)
    {
        any = false;
        if (StringValues.IsNullOrEmpty(header))
        {
            return null;
        }

        if (!EntityTagHeaderValue.TryParseStrictList(header, out IList<EntityTagHeaderValue>? tags))
        {
            throw ProblemException.BadRequest($"{name} is * or a list of versions in quotes");
        }

        if (tags.Any(static tag => tag.Equals(EntityTagHeaderValue.Any)))
        {
            any = true;
            return null;
        }

        return [.. tags.Where(tag => takesWeak || !tag.IsWeak).Select(static tag => tag.Tag.ToString()[1..^1])];
    }
}
